//! Items that are pushed into a bounded queue when they are due.
//!
//! A consumer of the queue moves the items that are due into it: when it is polled, and when it finds the queue empty. A
//! consumer that is idle sleeps until the next item is due.
//!
//! Invariants:
//! - An item is in the timetable, or in the queue, or was taken: it moves from the one to the other under the lock
//!   of the timetable. The inbox of the queue is locked inside, never the other way round.
//! - Once it is closed, no item is in the timetable: an item is added and the timetable is closed under that lock.
//!   So a shutdown that closes it, takes its items, and empties the queue afterwards has all of them.
//! - Each consumer that is registered as a waiter of the queue has been woken since, or sleeps until the next item is due or
//!   shorter. It registers first, and reads the due time of the next item then; an item that becomes the next
//!   one is added first, and wakes all waiters then. So no wake-up is lost, whichever consumers stop, become busy or end.
//! - Without the lock, `looks_empty` may be outdated. An item that is added to an empty timetable becomes the next one,
//!   and wakes the waiters under the lock of the inbox, in which consumers have registered before they look.
//!
//! No user code runs under the locks; items are returned, not dropped.
//!
//! Of this crate the file imports only `primitives`, `time/timetable.rs` and the bounded queue, so that `tests/model` can
//! compile it with the primitives of a model checker.

use std::{task::Waker, time::Instant};

use super::super::bounded::BoundedQueue;
use crate::{
    primitives::{
        sync::{AtomicBool, Ordering},
        wake_each,
    },
    time::{TimeKey, Timetable},
};

/// How many items are moved at most before the locks are released.
const MOVED_AT_ONCE: usize = 256;

/// Items that are not due yet.
pub(crate) struct DueItems<T> {
    items: Timetable<T>,
    /// Stored under the lock of the items.
    is_closed: AtomicBool,
}

/// Why an item was not added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAdded {
    Full,
    Closed,
}

impl<T> DueItems<T> {
    pub(crate) const fn new() -> Self {
        Self {
            items: Timetable::new(),
            is_closed: AtomicBool::new(false),
        }
    }

    /// Whether there is no item, without the lock.
    #[inline]
    pub(crate) fn looks_empty(&self) -> bool {
        self.items.looks_empty()
    }

    /// Adds an item, unless there are as many as the capacity allows, if there is one.
    pub(crate) fn add<V: Copy>(
        &self,
        queue: &BoundedQueue<V>,
        due: Instant,
        item: T,
        capacity: Option<usize>,
    ) -> Result<TimeKey, (T, NotAdded)> {
        let mut items = self.items.lock();
        if self.is_closed.load(Ordering::Relaxed) {
            return Err((item, NotAdded::Closed));
        }
        if capacity.is_some_and(|capacity| items.len() >= capacity) {
            return Err((item, NotAdded::Full));
        }
        let key = items.insert(due, item);
        let is_next = items.is_first(key);
        drop(items);
        if is_next {
            queue.wake_all();
        }
        Ok(key)
    }

    /// Takes an item that was not moved or taken yet.
    pub(crate) fn remove(&self, key: TimeKey) -> Option<T> {
        self.items.lock().remove(key)
    }

    pub(crate) fn contains(&self, key: TimeKey) -> bool {
        self.items.lock().contains(key)
    }

    /// Moves the items that are due at that time into the queue: `push` pushes one by
    /// [`push_due`](BoundedQueue::push_due), and adds the waiter that this returns to the list. Returns whether it moved one.
    pub(crate) fn move_due(&self, now: Instant, mut push: impl FnMut(T, &mut Vec<Waker>)) -> bool {
        let mut has_moved = false;
        loop {
            let mut woken = Vec::new();
            let mut moved = 0;
            let mut items = self.items.lock();
            while moved < MOVED_AT_ONCE
                && let Some(item) = items.take_due(now)
            {
                push(item, &mut woken);
                moved += 1;
            }
            drop(items);
            has_moved |= moved > 0;
            wake_each(woken);
            if moved < MOVED_AT_ONCE {
                return has_moved;
            }
        }
    }

    /// When the next item is due.
    pub(crate) fn next_due(&self) -> Option<Instant> {
        self.items.lock().next_due()
    }

    pub(crate) fn len(&self) -> usize {
        self.items.lock().len()
    }

    /// Takes all items in the order of their due times; with `closes`, none is added from now on.
    pub(crate) fn take_all(&self, closes: bool) -> impl Iterator<Item = (TimeKey, T)> + use<T> {
        let mut items = self.items.lock();
        if closes {
            self.is_closed.store(true, Ordering::Relaxed);
        }
        items.take_all()
    }

    /// Calls `f` with each item, under the lock.
    pub(crate) fn for_each(&self, f: impl FnMut(&T)) {
        self.items.lock().iter().for_each(f);
    }
}
