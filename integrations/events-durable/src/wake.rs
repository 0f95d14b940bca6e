//! Waking the workers, of this program and of others.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use sqlx::Pool;
use tokio::{runtime::Handle, sync::watch};

use crate::store::Engine;

/// The text of the span that an emit is in.
pub(crate) type TraceFn = fn() -> Option<String>;

/// Wakes the workers when events were stored.
pub(crate) struct Waker<DB: Engine> {
    pool: Pool<DB>,
    /// Changes with each wake-up, so that none is lost.
    woken: watch::Sender<u64>,
    /// Whether a notification of other programs is under way.
    is_notifying: AtomicBool,
    trace: Option<TraceFn>,
}

impl<DB: Engine> Waker<DB> {
    pub(crate) fn new(pool: Pool<DB>, trace: Option<TraceFn>) -> Self {
        let woken = watch::Sender::new(0);
        let is_notifying = AtomicBool::new(false);
        Self {
            pool,
            woken,
            is_notifying,
            trace,
        }
    }

    pub(crate) fn trace(&self) -> Option<String> {
        self.trace.and_then(|trace| trace())
    }

    /// Wakes the workers of this program.
    pub(crate) fn wake_here(&self) {
        self.woken
            .send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<u64> {
        self.woken.subscribe()
    }

    /// Wakes the workers of this program, and those of others: with one notification at a time.
    pub(crate) fn wake(self: Arc<Self>) {
        self.wake_here();
        let Ok(runtime) = Handle::try_current() else {
            return; // others find it at their next poll
        };
        if !self.is_notifying.swap(true, Ordering::AcqRel) {
            runtime.spawn(async move {
                tokio::task::yield_now().await;
                self.is_notifying.store(false, Ordering::Release);
                let _ = DB::notify(&self.pool).await; // lost ones are found by the poll
            });
        }
    }
}

impl<DB: Engine> fmt::Debug for Waker<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waker").finish_non_exhaustive()
    }
}
