//! The wakers of tasks that wait for one thing.
//!
//! The owner of a list holds a lock, so no function here wakes, clones or drops a waker.

use std::{mem, task::Waker};

use super::catch::drop_catching;

/// The wakers of tasks that wait for one thing; one for each task, however often it is polled.
#[derive(Default)]
pub(crate) struct WakerList(Vec<Waker>);

impl WakerList {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds a waker, or returns it if the list has one that wakes the same task.
    #[must_use = "a waker is not to be dropped under a lock"]
    pub(crate) fn add(&mut self, waker: Waker) -> Option<Waker> {
        if self.0.iter().any(|other| other.will_wake(&waker)) {
            return Some(waker);
        }
        self.0.push(waker);
        None
    }

    /// The wakers, which the caller wakes or drops.
    pub(crate) fn take_all(&mut self) -> Vec<Waker> {
        mem::take(&mut self.0)
    }
}

impl Drop for WakerList {
    fn drop(&mut self) {
        self.take_all().into_iter().for_each(drop_catching);
    }
}
