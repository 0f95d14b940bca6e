//! What is done now and then: by the first task, and by one of its own.

use std::time::{Duration, Instant};

use tokio::{sync::watch, time::timeout};

use super::unwind::catching;
use crate::{
    facade::{Durable, Subscribers},
    store::{Engine, PURGE_BATCH, StoreError},
};

/// What was done, and when last.
pub(super) struct Upkeep {
    ran: Instant,
    swept: Option<Instant>,
    /// Whether it was said that there are no subscribers.
    has_warned: bool,
}

const SWEEP: Duration = Duration::from_secs(10);
const PURGE: Duration = Duration::from_hours(1);

/// How long a purge waits that has failed.
const PURGE_AGAIN: Duration = Duration::from_mins(1);

impl Upkeep {
    pub(super) fn new() -> Self {
        Self {
            ran: Instant::now(),
            swept: None,
            has_warned: false,
        }
    }

    /// Warns once if there are no subscribers to deliver to. The workers may have begun before `register`: it is called when they have
    /// waited for a while.
    pub(super) fn warn_of_no_subscribers(&mut self, subscribers: Option<&Subscribers>) {
        let problem = match subscribers {
            None => {
                "no subscribers are registered with the store: call `store.register(&registry).await`"
            }
            Some(subscribers) if subscribers.0.is_empty() => {
                "the registry of `store.register(&registry)` has no durable subscribers: scan it before, and link the crates of its \
                 subscribers"
            }
            Some(_) => return,
        };
        if !std::mem::replace(&mut self.has_warned, true) {
            tracing::warn!(target: "events_durable", "the workers deliver nothing: {problem}");
        }
    }

    /// Whether it has not run for that time, also because the workers have had no pause.
    pub(super) fn is_due(&self, time: Duration) -> bool {
        self.ran.elapsed() >= time
    }

    /// Makes those dead whose attempts were lost, and finds keys that were left behind. Returns whether something may be ready now.
    pub(super) async fn run<DB: Engine>(
        &mut self,
        store: &Durable<DB>,
        subscribers: &Subscribers,
    ) -> Result<bool, StoreError> {
        self.ran = Instant::now();
        let pool = &store.0.pool;
        let mut found = 0;
        for one in &subscribers.0 {
            let when_dead = store.0.settings.when_dead;
            let buried = DB::bury_lost(pool, one.id(), one.most_attempts(), when_dead).await?;
            if buried > 0 {
                tracing::error!(
                    target: "events_durable",
                    subscriber = one.id(),
                    deliveries = buried,
                    "deliveries are dead: the process has ended in each of their attempts",
                );
            }
            found += buried;
        }
        if self.swept.is_none_or(|swept| swept.elapsed() >= SWEEP) {
            self.swept = Some(Instant::now());
            // Also those that are no longer `per_key`: what was stored for them before is.
            for one in &subscribers.0 {
                found += DB::sweep(pool, one.id()).await?;
            }
        }
        Ok(found > 0)
    }
}

/// Deletes old events each hour. It may take long, and no delivery waits for it.
pub(super) async fn purge<DB: Engine>(store: Durable<DB>, mut stop: watch::Receiver<bool>) {
    loop {
        let purge = async {
            let purged = DB::purge(&store.0.pool, store.0.settings.retain, PURGE_BATCH).await;
            if let Err(error) = &purged {
                tracing::debug!(target: "events_durable", "old events are not deleted yet: {error}");
            }
            purged.is_ok()
        };
        // The log may panic.
        let purged = tokio::select! {
            purged = catching(purge) => purged,
            _ = stop.wait_for(|stop| *stop) => return,
        };
        let pause = if let Ok(true) = purged {
            PURGE
        } else {
            PURGE_AGAIN
        };
        if timeout(pause, stop.wait_for(|stop| *stop)).await.is_ok() {
            return;
        }
    }
}
