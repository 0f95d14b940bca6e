//! The wakers of tasks that wait for one thing.
//!
//! The owner of a list holds a lock, so no function here wakes, clones or drops a waker. A list is empty when it is
//! dropped: each task that waits keeps the owner alive.

use std::{mem, task::Waker};

/// The wakers of tasks that wait for one thing; one for each task, however often it is polled, in the order of their
/// ids. The last one added is woken first: its memory is the most likely to be in the cache.
#[derive(Default)]
pub(crate) struct WakerList {
    wakers: Vec<(u64, Waker)>,
    next_id: u64,
}

/// The place of one task in a list, if it has one. A task that stops waiting must be removed.
#[derive(Debug, Default)]
pub(crate) struct Waiter {
    id: Option<u64>,
}

impl Waiter {
    pub(crate) const fn new() -> Self {
        Self { id: None }
    }

    /// Whether it was added and not removed; it may have been woken since.
    #[inline]
    pub(crate) fn is_waiting(&self) -> bool {
        self.id.is_some()
    }
}

impl WakerList {
    pub(crate) const fn new() -> Self {
        Self {
            wakers: Vec::new(),
            next_id: 0,
        }
    }

    /// Adds the waker of a task, or replaces the one that it has; returns that.
    #[must_use = "a waker is not to be dropped under a lock"]
    pub(crate) fn add(&mut self, waiter: &mut Waiter, waker: Waker) -> Option<Waker> {
        let old = self.remove(waiter);
        self.wakers.push((self.next_id, waker));
        waiter.id = Some(self.next_id);
        self.next_id += 1;
        old
    }

    /// Removes a task. Returns its waker, if it was not woken.
    #[must_use = "a waker is not to be dropped under a lock"]
    pub(crate) fn remove(&mut self, waiter: &mut Waiter) -> Option<Waker> {
        let id = waiter.id.take()?;
        let index = self.wakers.iter().position(|(of, _)| *of == id)?;
        let (_, waker) = self.wakers.remove(index);
        Some(waker)
    }

    /// Takes the waker to wake next.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Waker> {
        let (_, waker) = self.wakers.pop()?;
        Some(waker)
    }

    /// Takes the waker to wake next, of those that were added before this task was; also if this one was woken.
    pub(crate) fn pop_before(&mut self, waiter: &Waiter) -> Option<Waker> {
        let id = waiter.id?;
        let index = self.wakers.iter().rposition(|(of, _)| *of < id)?;
        let (_, waker) = self.wakers.remove(index);
        Some(waker)
    }

    /// The wakers, which the caller wakes or drops.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = Waker> + use<> {
        let wakers = mem::take(&mut self.wakers);
        wakers.into_iter().map(|(_, waker)| waker)
    }
}
