//! The contents of an event buffer, and which events it keeps.
//!
//! The options of a receiver are set after it has subscribed, and another thread may have emitted
//! events by then. Until the first poll the contents are *open*: they keep every event that an option
//! may still select. With the first poll they are closed and keep no more than the receiver needs.
//!
//! Invariant: no method drops an event or calls a waker. They return both to the caller, which drops
//! and calls them when the buffer is no longer locked.

use std::{
    collections::{HashSet, VecDeque},
    mem,
    task::Waker,
};

use crate::metadata::Origin;

/// How many events a stream keeps at least while it is open.
const OPEN_CAPACITY: usize = 1024;

/// An event in the buffer.
pub(super) struct Received<E> {
    pub(super) event: E,
    /// Its origin, which an option that is set later may select.
    pub(super) origin: Option<Origin>,
}

/// Which events the buffer keeps.
#[derive(Clone, Copy)]
pub(super) enum Keep {
    /// The first one that passes all options.
    First,
    /// The newest ones, up to this number.
    Newest(usize),
}

/// Which options are set.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct OptionsSet {
    pub(super) when: bool,
    pub(super) origin: bool,
}

pub(super) struct Contents<E> {
    pub(super) events: VecDeque<Received<E>>,
    keep: Keep,
    /// Whether options may still be set without a loss: until the first poll.
    is_open: bool,
    /// The number of dropped events that are not reported yet.
    pub(super) missed: u64,
    /// Whether the registry was dropped.
    pub(super) has_ended: bool,
    pub(super) waker: Option<Waker>,
}

impl<E> Contents<E> {
    pub(super) fn new(keep: Keep) -> Self {
        Self {
            events: VecDeque::new(),
            keep,
            is_open: true,
            missed: 0,
            has_ended: false,
            waker: None,
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open
    }

    /// Adds an event that passes the options that are set. Returns an event to drop, and the waker to
    /// call.
    pub(super) fn push(
        &mut self,
        received: Received<E>,
        set: OptionsSet,
    ) -> (Option<Received<E>>, Option<Waker>) {
        let dropped = match self.keep {
            Keep::First if !self.selects(&received, set) => return (Some(received), None),
            Keep::First => None,
            Keep::Newest(_) if self.events.len() < self.capacity() => None,
            Keep::Newest(_) => {
                self.missed += 1;
                self.events.pop_front()
            }
        };
        self.events.push_back(received);
        (dropped, self.waker.take())
    }

    /// Whether an event that comes after the present ones may still be the first to pass all options.
    fn selects(&self, received: &Received<E>, set: OptionsSet) -> bool {
        match set {
            _ if !self.is_open => self.events.is_empty(),
            OptionsSet { when: false, .. } => true,
            OptionsSet { origin: true, .. } => self.events.is_empty(),
            // Whichever origin is selected, it selects the first event of that origin.
            OptionsSet { origin: false, .. } => !self
                .events
                .iter()
                .any(|kept| kept.origin == received.origin),
        }
    }

    /// The number of events that a stream keeps.
    fn capacity(&self) -> usize {
        match self.keep {
            Keep::First => usize::MAX,
            Keep::Newest(capacity) if self.is_open => capacity.max(OPEN_CAPACITY),
            Keep::Newest(capacity) => capacity,
        }
    }

    /// Sets the capacity of a stream. Returns the events to drop.
    pub(super) fn set_capacity(&mut self, capacity: usize) -> VecDeque<Received<E>> {
        self.keep = Keep::Newest(capacity.max(1));
        self.trim_to_capacity()
    }

    /// Closes the contents at a poll. Returns the events to drop.
    pub(super) fn close(&mut self) -> VecDeque<Received<E>> {
        if !mem::replace(&mut self.is_open, false) {
            return VecDeque::new();
        }
        match self.keep {
            Keep::First if self.events.len() > 1 => self.events.split_off(1),
            Keep::First => VecDeque::new(),
            Keep::Newest(_) => self.trim_to_capacity(),
        }
    }

    /// Puts events back that were taken and pass the options that are set; others may have been added
    /// meanwhile. Returns the events to drop.
    pub(super) fn put_back(
        &mut self,
        mut passing: VecDeque<Received<E>>,
        set: OptionsSet,
    ) -> VecDeque<Received<E>> {
        passing.append(&mut self.events);
        self.events = passing;
        match (self.keep, set) {
            (Keep::Newest(_), _) => self.trim_to_capacity(),
            (Keep::First, OptionsSet { when: false, .. }) => VecDeque::new(),
            (Keep::First, OptionsSet { origin: true, .. }) => {
                let first = self.events.len().min(1);
                self.events.split_off(first)
            }
            (Keep::First, OptionsSet { origin: false, .. }) => self.first_of_each_origin(),
        }
    }

    /// Keeps the first event of each origin, and returns the others.
    fn first_of_each_origin(&mut self) -> VecDeque<Received<E>> {
        let mut origins = HashSet::new();
        let events = mem::take(&mut self.events);
        let (first, others) = events
            .into_iter()
            .partition(|received| origins.insert(received.origin.clone()));
        self.events = first;
        others
    }

    /// Removes the oldest events of a stream until it has no more than its capacity.
    fn trim_to_capacity(&mut self) -> VecDeque<Received<E>> {
        let surplus = self.events.len().saturating_sub(self.capacity());
        self.missed += surplus as u64;
        let kept = self.events.split_off(surplus);
        mem::replace(&mut self.events, kept)
    }
}
