//! What the first task does now and then.

use std::time::{Duration, Instant};

use crate::{
    facade::{Durable, Subscribers},
    store::{Engine, PURGE_BATCH, StoreError},
};

/// When what was done last.
pub(super) struct Upkeep {
    ran: Instant,
    swept: Option<Instant>,
    purged: Option<Instant>,
}

const SWEEP: Duration = Duration::from_secs(10);
const PURGE: Duration = Duration::from_hours(1);

impl Upkeep {
    pub(super) fn new() -> Self {
        Self {
            ran: Instant::now(),
            swept: None,
            purged: None,
        }
    }

    /// Whether it has not run for that time, also because the workers have had no pause.
    pub(super) fn is_due(&self, time: Duration) -> bool {
        self.ran.elapsed() >= time
    }

    /// Makes those dead whose attempts were lost, finds keys that were left behind, and deletes old events. Returns whether
    /// something may be ready now.
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
        if self.purged.is_none_or(|purged| purged.elapsed() >= PURGE) {
            self.purged = Some(Instant::now());
            DB::purge(pool, store.0.settings.retain, PURGE_BATCH).await?;
        }
        Ok(found > 0)
    }
}
