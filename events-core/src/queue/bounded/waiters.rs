//! The consumers of a queue that sleep until an item is pushed, with their wakers.
//!
//! The caller holds a lock, so no function here wakes, clones or drops a waker.

use std::{mem, task::Waker};

/// The registration of one consumer, if it has one.
pub(crate) struct Waiter {
    id: Option<u64>,
}

/// The registered wakers. The last one registered is woken first: its memory is the most likely to be
/// in the cache.
pub(super) struct Waiters {
    wakers: Vec<(u64, Waker)>,
    next_id: u64,
}

impl Waiter {
    pub(crate) const fn new() -> Self {
        Self { id: None }
    }

    /// Whether it was added and not removed; it may have been woken since.
    #[inline]
    pub(super) fn is_waiting(&self) -> bool {
        self.id.is_some()
    }
}

impl Waiters {
    pub(super) const fn new() -> Self {
        Self {
            wakers: Vec::new(),
            next_id: 0,
        }
    }

    /// Registers a waiter that is not registered.
    pub(super) fn add(&mut self, waiter: &mut Waiter, waker: Waker) {
        self.wakers.push((self.next_id, waker));
        waiter.id = Some(self.next_id);
        self.next_id += 1;
    }

    /// Unregisters a waiter. Returns its waker, if it was not woken.
    pub(super) fn remove(&mut self, waiter: &mut Waiter) -> Option<Waker> {
        let id = waiter.id.take()?;
        let index = self.wakers.iter().position(|(of, _)| *of == id)?;
        let (_, waker) = self.wakers.remove(index);
        Some(waker)
    }

    /// Takes the waker to wake next.
    #[inline]
    pub(super) fn pop(&mut self) -> Option<Waker> {
        let (_, waker) = self.wakers.pop()?;
        Some(waker)
    }

    pub(super) fn take_all(&mut self) -> impl Iterator<Item = Waker> + use<> {
        let wakers = mem::take(&mut self.wakers);
        wakers.into_iter().map(|(_, waker)| waker)
    }
}
