//! What the first task does now and then.

use std::time::{Duration, Instant};

use crate::{
    facade::{Durable, Subscribers},
    store::{Engine, StoreError},
};

/// When what was done last.
pub(super) struct Upkeep {
    swept: Instant,
    purged: Option<Instant>,
}

const SWEEP: Duration = Duration::from_secs(10);
const PURGE: Duration = Duration::from_hours(1);

impl Upkeep {
    pub(super) fn new() -> Self {
        Self {
            swept: Instant::now(),
            purged: None,
        }
    }

    /// Makes those dead whose attempts were lost, finds keys that were left behind, and deletes old events. Returns whether
    /// something may be ready now.
    pub(super) async fn run<DB: Engine>(
        &mut self,
        store: &Durable<DB>,
        subscribers: &Subscribers,
    ) -> Result<bool, StoreError> {
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
        if self.swept.elapsed() >= SWEEP {
            self.swept = Instant::now();
            for one in subscribers
                .0
                .iter()
                .filter(|one| one.subscriber.info().per_key)
            {
                found += DB::sweep(pool, one.id()).await?;
            }
        }
        if self.purged.is_none_or(|purged| purged.elapsed() >= PURGE) {
            self.purged = Some(Instant::now());
            DB::purge(pool, store.0.settings.retain, 1_000).await?;
        }
        Ok(found > 0)
    }
}
