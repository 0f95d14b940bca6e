//! Workers that run, and their end.

use std::{fmt, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout, timeout_at},
};

use super::batch::InHand;
use crate::{
    facade::Durable,
    store::{Claim, Engine, StoreError},
};

/// A time that a program does not reach.
const LONG: Duration = Duration::from_hours(30 * 365 * 24);

/// How long a shutdown waits for the database in the end.
const ANSWER: Duration = Duration::from_secs(5);

/// Workers that run; returned by [`NewWorkers::spawn_tokio`](super::NewWorkers::spawn_tokio). Dropped, they end where they are:
/// what they have claimed is delivered when the lease has ended.
///
/// ```
/// use std::time::Duration;
///
/// use events_durable::{Engine, Workers};
///
/// async fn end<DB: Engine>(workers: Workers<DB>) {
///     workers.shutdown(Duration::from_secs(5)).await;
/// }
/// ```
#[must_use = "dropped, the workers end"]
pub struct Workers<DB: Engine> {
    store: Durable<DB>,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
    /// They hold nothing, and end when the workers do.
    others: [JoinHandle<()>; 2],
    in_hand: Vec<Arc<InHand>>,
}

impl<DB: Engine> Workers<DB> {
    pub(super) fn new(
        store: Durable<DB>,
        stop: watch::Sender<bool>,
        tasks: Vec<JoinHandle<()>>,
        others: [JoinHandle<()>; 2],
        in_hand: Vec<Arc<InHand>>,
    ) -> Self {
        Self {
            store,
            stop,
            tasks,
            others,
            in_hand,
        }
    }

    /// Ends the workers: what they have claimed and not begun is handed back, and subscribers that run have so much time to
    /// end. After that they are dropped where they are, and their deliveries are handed back as well: another worker calls
    /// them again. Returns whether all have ended in time.
    ///
    /// If the database does not answer, this takes up to five seconds longer, and what could not be handed back is delivered
    /// when its lease has ended.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the workers end where they are.
    pub async fn shutdown(mut self, time: Duration) -> bool {
        self.stop.send_replace(true);
        let now = Instant::now();
        let deadline = now.checked_add(time).unwrap_or(now + LONG);
        // At once: another program need not wait for the subscribers that run here.
        let _ = timeout_at(deadline, self.hand_back(InHand::rest)).await;
        let mut is_in_time = true;
        for task in &mut self.tasks {
            match timeout_at(deadline, &mut *task).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => {
                    is_in_time = false;
                    tracing::error!(target: "events_durable", "a worker had ended before its shutdown: {error}");
                }
                Err(_) => {
                    is_in_time = false;
                    task.abort();
                    let _ = task.await;
                }
            }
        }
        let why = match timeout(ANSWER, self.hand_back(InHand::all)).await {
            Ok(Ok(())) => return is_in_time,
            Ok(Err(error)) => error.to_string(),
            Err(_) => "the database does not answer".to_owned(),
        };
        tracing::warn!(
            target: "events_durable",
            "a shutdown could not hand deliveries back, which are taken over when their lease ends: {why}",
        );
        is_in_time
    }

    /// Hands back what this selects of each task.
    async fn hand_back(&self, select: fn(&InHand) -> Vec<Arc<Claim>>) -> Result<(), StoreError> {
        let left: Vec<_> = self.in_hand.iter().flat_map(|one| select(one)).collect();
        if !left.is_empty() {
            let refs: Vec<&Claim> = left.iter().map(|claim| &**claim).collect();
            DB::hand_back(&self.store.0.pool, &refs, Duration::ZERO).await?;
            self.in_hand.iter().for_each(|one| one.remove(&left));
        }
        Ok(())
    }
}

impl<DB: Engine> Drop for Workers<DB> {
    fn drop(&mut self) {
        for task in self.tasks.iter().chain(&self.others) {
            task.abort();
        }
    }
}

impl<DB: Engine> fmt::Debug for Workers<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Workers")
            .field("tasks", &self.tasks.len())
            .finish_non_exhaustive()
    }
}
