//! Workers that have nothing to do, and those who wait for that.
//!
//! A worker says that it rests when it has looked into the queue in vain. Whoever waits says so first,
//! and then looks whether the queue is settled, which locks what the worker has looked into. So one of
//! the two is later: the waiter, who finds the worker idle; or the worker, which knows of the waiter.
//!
//! The file names nothing of this crate but `sync`: `tests/model` tries the interleavings.

use std::{mem, task::Waker};

use crate::primitives::sync::{AtomicBool, Mutex, MutexGuard, Ordering, lock};

/// Who waits for workers to have nothing to do.
pub(crate) struct IdleNotifier {
    /// Whether anybody does.
    has_waiters: AtomicBool,
    waiting: Mutex<Vec<Waker>>,
}

impl IdleNotifier {
    pub(crate) const fn new() -> Self {
        Self {
            has_waiters: AtomicBool::new(false),
            waiting: Mutex::new(Vec::new()),
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Waker>> {
        lock(&self.waiting)
    }

    /// Wakes this one when a worker has nothing to do. Called before it is looked whether that is so.
    pub(crate) fn register(&self, waker: &Waker) {
        let waker = waker.clone();
        let mut waiting = self.waiting();
        waiting.push(waker);
        self.has_waiters.store(true, Ordering::Relaxed);
    }

    /// A worker has nothing to do, and has looked into the queue since.
    #[inline]
    pub(crate) fn notify(&self) {
        if self.has_waiters.load(Ordering::Relaxed) {
            let waiting = {
                let mut waiting = self.waiting();
                self.has_waiters.store(false, Ordering::Relaxed);
                mem::take(&mut *waiting)
            };
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}
