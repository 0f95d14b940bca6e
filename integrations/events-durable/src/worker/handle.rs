//! Workers that run, and their end.

use std::{fmt, sync::Arc, time::Duration};

use tokio::{
    sync::watch,
    task::JoinHandle,
    time::{Instant, timeout_at},
};

use super::batch::InHand;
use crate::{
    facade::Durable,
    store::{Claim, Engine},
};

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
    listener: JoinHandle<()>,
    in_hand: Vec<Arc<InHand>>,
}

impl<DB: Engine> Workers<DB> {
    pub(super) fn new(
        store: Durable<DB>,
        stop: watch::Sender<bool>,
        tasks: Vec<JoinHandle<()>>,
        listener: JoinHandle<()>,
        in_hand: Vec<Arc<InHand>>,
    ) -> Self {
        Self {
            store,
            stop,
            tasks,
            listener,
            in_hand,
        }
    }

    /// Ends the workers: what they have claimed and not begun is handed back, and subscribers that run have so much time to
    /// end. After that they are dropped where they are, and their deliveries are handed back as well: another worker calls
    /// them again. Returns whether all have ended in time.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the workers end where they are.
    pub async fn shutdown(mut self, time: Duration) -> bool {
        self.stop.send_replace(true);
        let deadline = Instant::now() + time;
        // At once: another program need not wait for the subscribers that run here.
        self.hand_back(InHand::take_rest).await;
        let mut is_in_time = true;
        for task in &mut self.tasks {
            if timeout_at(deadline, &mut *task).await.is_err() {
                is_in_time = false;
                task.abort();
                let _ = task.await;
            }
        }
        self.hand_back(InHand::take).await;
        is_in_time
    }

    /// Hands back what this takes from each task.
    async fn hand_back(&self, take: fn(&InHand) -> Vec<Claim>) {
        let left: Vec<_> = self.in_hand.iter().flat_map(|one| take(one)).collect();
        if !left.is_empty() {
            let left: Vec<&Claim> = left.iter().collect();
            let pool = &self.store.0.pool;
            if let Err(error) = DB::hand_back(pool, &left, Duration::ZERO).await {
                tracing::warn!(
                    target: "events_durable",
                    deliveries = left.len(),
                    "a shutdown could not hand deliveries back, which are taken over when their lease ends: {error}",
                );
            }
        }
    }
}

impl<DB: Engine> Drop for Workers<DB> {
    fn drop(&mut self) {
        for task in self.tasks.iter().chain([&self.listener]) {
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
