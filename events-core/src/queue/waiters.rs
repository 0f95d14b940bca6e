//! Takers that sleep until there is something to take: whom to wake, and by which waker.
//!
//! Whoever owns the sleepers holds a lock, so no waker is called or dropped here.

use std::{mem, task::Waker};

/// A taker's place among the sleepers, if it has one.
pub(crate) struct Waiter {
    number: Option<u64>,
}

/// Whoever fell asleep last stands last, and is woken first, for its memory is still at hand.
pub(crate) struct Waiters {
    wakers: Vec<(u64, Waker)>,
    /// The number of the next sleeper.
    next: u64,
}

impl Waiter {
    pub(crate) const fn new() -> Self {
        Self { number: None }
    }

    /// Whether it fell asleep and was not roused; it may have been woken since.
    #[inline]
    pub(crate) fn is_waiting(&self) -> bool {
        self.number.is_some()
    }
}

impl Waiters {
    /// Everybody is awake.
    pub(crate) const fn new() -> Self {
        Self {
            wakers: Vec::new(),
            next: 0,
        }
    }

    /// Falls asleep; it must have been roused before.
    pub(crate) fn add(&mut self, waiter: &mut Waiter, waker: Waker) {
        self.wakers.push((self.next, waker));
        waiter.number = Some(self.next);
        self.next += 1;
    }

    /// Sleeps no longer. Gives back its waker, if it was not woken.
    pub(crate) fn remove(&mut self, waiter: &mut Waiter) -> Option<Waker> {
        let number = waiter.number.take()?;
        let place = self.wakers.iter().position(|(of, _)| *of == number)?;
        let (_, waker) = self.wakers.remove(place);
        Some(waker)
    }

    /// Somebody to wake.
    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Waker> {
        let (_, waker) = self.wakers.pop()?;
        Some(waker)
    }

    /// Everybody.
    pub(crate) fn take(&mut self) -> impl Iterator<Item = Waker> + use<> {
        let wakers = mem::take(&mut self.wakers);
        wakers.into_iter().map(|(_, waker)| waker)
    }
}
