//! What the calls of one handler with policies share: its permits, and the calls that are scheduled.
//!
//! A call that is to be made later has a *ticket*. It is scheduled by the owner of the run, which knows the queue, and the
//! key of its place in the timetable is stored here: so it can be taken out when the handler is closed, and, if it waits
//! for `debounce`, when a later event replaces it. What the call takes along is a [`CarriedCall`]; the ticket ends with
//! that, whatever becomes of the call.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use super::{
    fair_semaphore::{FairSemaphore, KeyHash},
    permit::Permit,
};
use crate::{
    handler::BackgroundCall,
    metadata::{CallPolicies, EmissionId},
    primitives::sync::lock,
    time::{Clock, Sleep, TimeKey},
};

/// What the calls of one handler share.
pub(crate) struct CallState {
    policies: CallPolicies,
    semaphore: Option<Arc<FairSemaphore<EmissionId>>>,
    clock: Arc<Clock>,
    scheduled: Mutex<ScheduledCalls>,
}

/// The calls that are scheduled, or are about to be.
#[derive(Debug, Default)]
struct ScheduledCalls {
    is_closed: bool,
    last_ticket: u64,
    /// By their tickets.
    calls: HashMap<u64, Option<TimeKey>>,
    /// The tickets of the calls that wait for `debounce`, by the keys of their events.
    last_events: HashMap<Option<KeyHash>, u64>,
}

/// What a scheduled call takes along. While it exists, the call is neither over nor taken out.
pub(super) struct CarriedCall {
    state: Arc<CallState>,
    ticket: u64,
    key: Option<KeyHash>,
    /// The permit, which a failed call keeps for its repetition.
    permit: Option<Permit>,
    /// Whether the call waits for `debounce`.
    is_last_event: bool,
}

/// The place of a call that is about to be scheduled.
#[derive(Debug)]
pub(crate) struct CallSlot {
    state: Arc<CallState>,
    ticket: u64,
    /// The key of the event, if the call waits for `debounce`.
    last_event: Option<Option<KeyHash>>,
}

impl fmt::Debug for CallState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.policies.fmt(f)
    }
}

impl CallState {
    /// `concurrency` is how many calls may be in progress at once; 0 for no limit.
    pub(crate) fn new(policies: CallPolicies, concurrency: usize, clock: &Arc<Clock>) -> Arc<Self> {
        let limit = match (concurrency, policies.per_key) {
            (0, false) => None,
            (0, true) => Some(usize::MAX),
            (limit, _) => Some(limit),
        };
        Arc::new(Self {
            policies,
            semaphore: limit.map(FairSemaphore::new).map(Arc::new),
            clock: Arc::clone(clock),
            scheduled: Mutex::default(),
        })
    }

    fn scheduled(&self) -> MutexGuard<'_, ScheduledCalls> {
        lock(&self.scheduled)
    }

    pub(super) fn semaphore(&self) -> Option<&Arc<FairSemaphore<EmissionId>>> {
        self.semaphore.as_ref()
    }

    pub(super) fn policies(&self) -> &CallPolicies {
        &self.policies
    }

    pub(crate) fn timeout(&self) -> Option<Duration> {
        self.policies.timeout
    }

    pub(crate) fn clock(&self) -> &Arc<Clock> {
        &self.clock
    }

    /// A call that begins now is to be dropped then.
    pub(super) fn deadline(&self) -> Option<Sleep> {
        let timeout = self.policies.timeout?;
        Some(Sleep::until(&self.clock, self.clock.after(timeout)))
    }

    /// The delay before the attempt after this one, if there is to be one.
    pub(super) fn delay_after(&self, attempt: u32) -> Option<Duration> {
        let retry = self.policies.retry.as_ref()?;
        let is_allowed = attempt <= retry.retries() && !self.is_closed();
        is_allowed.then(|| retry.delay(attempt))
    }

    /// Whether the handler is unsubscribed.
    pub(super) fn is_closed(&self) -> bool {
        self.scheduled().is_closed
    }

    /// The handler is unsubscribed. Returns the scheduled calls, which are to be taken out.
    pub(super) fn close(&self) -> Vec<TimeKey> {
        let mut scheduled = self.scheduled();
        scheduled.is_closed = true;
        scheduled
            .calls
            .values_mut()
            .filter_map(Option::take)
            .collect()
    }

    /// A place for the repetition of a failed call, which keeps its permit.
    pub(super) fn repeated(self: &Arc<Self>, permit: Option<Permit>) -> (CallSlot, CarriedCall) {
        let ticket = self.scheduled().new_ticket();
        self.slot(ticket, None, permit, false)
    }

    /// A place for the call with an event that may be the last one of its key. Also returns the call that it replaces.
    pub(super) fn last_event(
        self: &Arc<Self>,
        key: Option<KeyHash>,
    ) -> (CallSlot, CarriedCall, Option<TimeKey>) {
        let (ticket, replaced) = {
            let mut scheduled = self.scheduled();
            let ticket = scheduled.new_ticket();
            let replaced = scheduled.last_events.insert(key, ticket);
            let replaced = replaced.and_then(|ticket| scheduled.calls.get_mut(&ticket));
            (ticket, replaced.and_then(Option::take))
        };
        let (slot, carried) = self.slot(ticket, key, None, true);
        (slot, carried, replaced)
    }

    fn slot(
        self: &Arc<Self>,
        ticket: u64,
        key: Option<KeyHash>,
        permit: Option<Permit>,
        is_last_event: bool,
    ) -> (CallSlot, CarriedCall) {
        let slot = CallSlot {
            state: Arc::clone(self),
            ticket,
            last_event: is_last_event.then_some(key),
        };
        let carried = CarriedCall {
            state: Arc::clone(self),
            ticket,
            key,
            permit,
            is_last_event,
        };
        (slot, carried)
    }
}

impl ScheduledCalls {
    fn new_ticket(&mut self) -> u64 {
        self.last_ticket += 1;
        self.calls.insert(self.last_ticket, None);
        self.last_ticket
    }
}

impl CallSlot {
    /// The call was scheduled. Returns the key if it is to be taken out again: the handler was closed, or a later event has
    /// replaced it.
    pub(crate) fn set_scheduled(&self, key: TimeKey) -> Option<TimeKey> {
        let mut scheduled = self.state.scheduled();
        let is_closed = scheduled.is_closed;
        let is_replaced = self
            .last_event
            .is_some_and(|key| scheduled.last_events.get(&key) != Some(&self.ticket));
        // Without an entry the call has begun already.
        let call = scheduled.calls.get_mut(&self.ticket)?;
        if is_closed || is_replaced {
            return Some(key);
        }
        *call = Some(key);
        None
    }
}

impl CarriedCall {
    /// What the call takes along, if it was scheduled.
    pub(super) fn of(call: &BackgroundCall) -> Option<Self> {
        let carried = call.take_carried()?.downcast();
        carried.ok().map(|carried| *carried)
    }

    /// The key of the event.
    pub(super) fn key(&self) -> Option<KeyHash> {
        self.key
    }

    /// The call begins. Returns its permit; `None` if a later event has replaced it.
    pub(super) fn begin(mut self) -> Option<Option<Permit>> {
        let is_current = !self.is_last_event || {
            let scheduled = self.state.scheduled();
            scheduled.last_events.get(&self.key) == Some(&self.ticket)
        };
        is_current.then(|| self.permit.take())
    }
}

impl Drop for CarriedCall {
    fn drop(&mut self) {
        {
            let mut scheduled = self.state.scheduled();
            scheduled.calls.remove(&self.ticket);
            if self.is_last_event && scheduled.last_events.get(&self.key) == Some(&self.ticket) {
                scheduled.last_events.remove(&self.key);
            }
        }
        drop(self.permit.take());
    }
}
