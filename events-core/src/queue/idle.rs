//! The notification that a worker is idle, for tasks that wait until a queue is settled.
//!
//! A worker notifies after it found the queue empty. A waiting task registers its waker first, and then
//! checks whether the queue is settled, which locks what the worker has checked. So no wake-up is lost:
//! either the task checks later, and finds the worker idle; or the worker does, and finds the waker.
//!
//! Of this crate the file imports only `primitives::sync`, so that `tests/model` can compile it with
//! the primitives of a model checker and try the interleavings.

use std::{mem, task::Waker};

use crate::primitives::sync::{AtomicBool, Mutex, MutexGuard, Ordering, lock};

/// The wakers of the tasks that wait until workers are idle.
pub(crate) struct IdleNotifier {
    has_wakers: AtomicBool,
    wakers: Mutex<Vec<Waker>>,
}

impl IdleNotifier {
    pub(crate) const fn new() -> Self {
        Self {
            has_wakers: AtomicBool::new(false),
            wakers: Mutex::new(Vec::new()),
        }
    }

    fn wakers(&self) -> MutexGuard<'_, Vec<Waker>> {
        lock(&self.wakers)
    }

    /// Registers a waker for the next time that a worker is idle. The caller checks only afterwards
    /// whether the queue is settled.
    pub(crate) fn register(&self, waker: &Waker) {
        let waker = waker.clone();
        let mut wakers = self.wakers();
        wakers.push(waker);
        self.has_wakers.store(true, Ordering::Relaxed);
    }

    /// Wakes the registered tasks. Called by a worker that is idle and has found the queue empty since
    /// its last job.
    #[inline]
    pub(crate) fn notify(&self) {
        if self.has_wakers.load(Ordering::Relaxed) {
            let wakers = {
                let mut wakers = self.wakers();
                self.has_wakers.store(false, Ordering::Relaxed);
                mem::take(&mut *wakers)
            };
            wakers.into_iter().for_each(Waker::wake);
        }
    }
}
