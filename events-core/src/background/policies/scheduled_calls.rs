//! The calls of one handler that are scheduled, or are about to be, as far as they may have to be taken out again: when
//! the handler is closed, or when a later event replaces the one that waits for `debounce`.
//!
//! A call has a ticket from its failure or its event on, until it ends, whatever becomes of it. Its place in the timetable
//! of the queue is known only after it was scheduled: so what replaces it, or closes the handler, before that is found by
//! [`set_scheduled`](ScheduledCalls::set_scheduled), and the place is returned to be cleared exactly once. An event replaces
//! the one before it only then: one that cannot be scheduled replaces none.
//!
//! Of this crate the file imports only `primitives` and `time`, so that `tests/model` can compile it with the primitives of
//! a model checker. `K` is the key of an event, `P` a place in the timetable.

use std::collections::BTreeMap;

use crate::primitives::sync::{Mutex, MutexGuard, lock};

/// The scheduled calls of a handler.
#[derive(Debug)]
pub(crate) struct ScheduledCalls<K, P>(Mutex<State<K, P>>);

#[derive(Debug)]
struct State<K, P> {
    is_closed: bool,
    last_ticket: u64,
    /// By their tickets.
    calls: BTreeMap<u64, Call<P>>,
    /// The tickets of the calls that wait for `debounce`, by the keys of their events.
    last_events: BTreeMap<K, u64>,
}

#[derive(Debug)]
struct Call<P> {
    /// `None` before it was scheduled, and when it is taken out.
    place: Option<P>,
    /// Whether a later event has replaced it.
    is_replaced: bool,
}

impl<K: Ord + Copy, P: Copy> ScheduledCalls<K, P> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State {
            is_closed: false,
            last_ticket: 0,
            calls: BTreeMap::new(),
            last_events: BTreeMap::new(),
        }))
    }

    fn state(&self) -> MutexGuard<'_, State<K, P>> {
        lock(&self.0)
    }

    /// Whether the handler is closed.
    pub(crate) fn is_closed(&self) -> bool {
        self.state().is_closed
    }

    /// The handler is closed. Returns the places of the scheduled calls, which are to be taken out.
    pub(crate) fn close(&self) -> Vec<P> {
        let mut state = self.state();
        state.is_closed = true;
        let calls = state.calls.values_mut();
        calls.filter_map(|call| call.place.take()).collect()
    }

    /// A ticket for a call that is about to be scheduled.
    pub(crate) fn ticket(&self) -> u64 {
        let mut state = self.state();
        state.last_ticket += 1;
        let call = Call {
            place: None,
            is_replaced: false,
        };
        let ticket = state.last_ticket;
        state.calls.insert(ticket, call);
        ticket
    }

    /// Whether a call with an event of that key waits for `debounce`.
    pub(crate) fn has_last_event(&self, key: K) -> bool {
        self.state().last_events.contains_key(&key)
    }

    /// Whether a later event has replaced the call.
    pub(crate) fn is_replaced(&self, ticket: u64) -> bool {
        let state = self.state();
        state
            .calls
            .get(&ticket)
            .is_some_and(|call| call.is_replaced)
    }

    /// The call was scheduled. `last_event` is its key, if it waits for `debounce`: then it replaces the one before it.
    /// Returns the place of the call that is to be taken out: of that one, or of this one, if a later event has replaced it
    /// already, or the handler is closed.
    pub(crate) fn set_scheduled(&self, ticket: u64, last_event: Option<K>, place: P) -> Option<P> {
        let mut state = self.state();
        let (is_replaced, before) = match last_event {
            None => (false, None),
            Some(key) => state.replace_last_event(ticket, key),
        };
        let is_closed = state.is_closed;
        let Some(call) = state.calls.get_mut(&ticket) else {
            // It has begun already.
            return before;
        };
        if is_closed || is_replaced {
            call.is_replaced = is_replaced;
            return Some(place);
        }
        call.place = Some(place);
        before
    }

    /// The call has begun, or will never be made.
    pub(crate) fn end(&self, ticket: u64, last_event: Option<K>) {
        let mut state = self.state();
        state.calls.remove(&ticket);
        if let Some(key) = last_event
            && state.last_events.get(&key) == Some(&ticket)
        {
            state.last_events.remove(&key);
        }
    }
}

impl<K: Ord, P> State<K, P> {
    /// The call is the one with the last event of that key, unless that came later. Returns whether it did, and the place of
    /// the call that this one replaces.
    fn replace_last_event(&mut self, ticket: u64, key: K) -> (bool, Option<P>) {
        let last = self.last_events.get(&key).copied();
        if last.is_some_and(|last| last > ticket) {
            return (true, None);
        }
        if self.calls.contains_key(&ticket) {
            self.last_events.insert(key, ticket);
        } else {
            self.last_events.remove(&key);
        }
        let before = last.and_then(|last| self.calls.get_mut(&last));
        let before = before.and_then(|call| {
            call.is_replaced = true;
            call.place.take()
        });
        (false, before)
    }
}
