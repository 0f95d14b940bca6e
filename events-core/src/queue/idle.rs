//! The notification that a driver is idle, for tasks that wait until a queue is settled.
//!
//! A driver notifies after it found the queue empty, and when it has ended. A waiting task registers its
//! waker first, and then checks whether the queue is settled, which locks what the driver has checked. So no
//! wake-up is lost: either the task checks later, and finds the driver idle; or the driver does, and finds
//! the waker.
//!
//! Of this crate the file imports only `primitives`, so that `tests/model` can compile it with
//! the primitives of a model checker and try the interleavings.

use std::task::Waker;

use crate::primitives::{
    Waiter, WakerList, drop_catching,
    sync::{AtomicBool, Mutex, MutexGuard, Ordering, lock},
    wake_each,
};

/// The wakers of the tasks that wait until drivers are idle.
pub(crate) struct IdleNotifier {
    has_wakers: AtomicBool,
    wakers: Mutex<WakerList>,
}

impl IdleNotifier {
    pub(crate) const fn new() -> Self {
        Self {
            has_wakers: AtomicBool::new(false),
            wakers: Mutex::new(WakerList::new()),
        }
    }

    fn wakers(&self) -> MutexGuard<'_, WakerList> {
        lock(&self.wakers)
    }

    /// Registers a task for the next time that a driver is idle. The caller checks only afterwards
    /// whether the queue is settled.
    pub(crate) fn register(&self, waiter: &mut Waiter, waker: &Waker) {
        let waker = waker.clone();
        let old = {
            let mut wakers = self.wakers();
            self.has_wakers.store(true, Ordering::Relaxed);
            wakers.add(waiter, waker)
        };
        drop_catching(old);
    }

    /// Removes a task that does not wait any more.
    pub(crate) fn remove(&self, waiter: &mut Waiter) {
        let waker = self.wakers().remove(waiter);
        drop_catching(waker);
    }

    /// Wakes the registered tasks. Called by a driver that is idle and has found the queue empty since
    /// its last job, or has ended.
    #[inline]
    pub(crate) fn notify(&self) {
        if self.has_wakers.load(Ordering::Relaxed) {
            let wakers = {
                let mut wakers = self.wakers();
                self.has_wakers.store(false, Ordering::Relaxed);
                wakers.take_all()
            };
            wake_each(wakers);
        }
    }
}
