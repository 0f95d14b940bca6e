//! A database that is gone: the tasks back off, and it is logged once.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use crate::store::StoreError;

/// How many calls of the database have failed in a row, of all tasks.
#[derive(Default)]
pub(super) struct Outage(AtomicU32);

impl Outage {
    /// A call has failed. Returns how long to wait before the next.
    pub(super) fn failed(&self, error: &StoreError) -> Duration {
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        if before == 0 {
            tracing::warn!(
                target: "events_durable",
                "the workers cannot use the database, and try again with growing pauses: {error}",
            );
        }
        (Duration::from_millis(100) * 2_u32.pow(before.min(8))).min(Duration::from_secs(20))
    }

    /// A call has succeeded.
    pub(super) fn succeeded(&self) {
        if self.0.load(Ordering::Relaxed) > 0 && self.0.swap(0, Ordering::Relaxed) > 0 {
            tracing::info!(target: "events_durable", "the workers can use the database again");
        }
    }
}
