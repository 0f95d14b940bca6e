//! What the calls of one handler with policies share: its permits, and the calls that are scheduled.
//!
//! A call that is to be made later has a *ticket*. It is scheduled by the owner of the run, which knows the queue, and the
//! key of its place in the timetable is stored in `scheduled_calls`: so it can be taken out when the handler is closed, and,
//! if it waits for `debounce`, when a later event replaces it. What the call takes along is a [`CarriedCall`]; the ticket
//! ends with that, whatever becomes of the call.

use std::{fmt, sync::Arc, time::Duration};

use super::{
    limit::{FairSemaphore, KeyHash, Permit},
    scheduled_calls::ScheduledCalls,
};
use crate::{
    handler::BackgroundCall,
    metadata::{CallPolicies, EmissionId},
    time::{Clock, Sleep, TimeKey},
};

/// What the calls of one handler share.
pub(crate) struct CallState {
    policies: CallPolicies,
    semaphore: Option<Arc<FairSemaphore<EmissionId>>>,
    clock: Arc<Clock>,
    scheduled: ScheduledCalls<Option<KeyHash>, TimeKey>,
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
            scheduled: ScheduledCalls::new(),
        })
    }

    pub(super) fn semaphore(&self) -> Option<&Arc<FairSemaphore<EmissionId>>> {
        self.semaphore.as_ref()
    }

    /// How many events of the queue wait for a permit.
    pub(super) fn backlog(&self) -> usize {
        let semaphore = self.semaphore.as_ref();
        semaphore.map_or(0, |semaphore| semaphore.backlog())
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
        let is_allowed = attempt <= retry.get_max_retries() && !self.is_closed();
        is_allowed.then(|| retry.delay(attempt))
    }

    /// Whether the handler is unsubscribed.
    pub(super) fn is_closed(&self) -> bool {
        self.scheduled.is_closed()
    }

    /// The handler is unsubscribed. Returns the scheduled calls, which are to be taken out.
    pub(super) fn close(&self) -> Vec<TimeKey> {
        self.scheduled.close()
    }

    /// A place for the repetition of a failed call, which keeps its permit.
    pub(super) fn repeated(self: &Arc<Self>, permit: Option<Permit>) -> (CallSlot, CarriedCall) {
        let ticket = self.scheduled.ticket();
        if let Some(permit) = &permit {
            permit.set_kept(true);
        }
        self.slot(ticket, None, permit, false)
    }

    /// A place for the call with an event that may be the last one of its key.
    pub(super) fn last_event(self: &Arc<Self>, key: Option<KeyHash>) -> (CallSlot, CarriedCall) {
        self.slot(self.scheduled.ticket(), key, None, true)
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

impl CallSlot {
    /// Whether it replaces a call that waits for `debounce`, once it is scheduled.
    pub(crate) fn replaces_another(&self) -> bool {
        let scheduled = &self.state.scheduled;
        self.last_event
            .is_some_and(|key| scheduled.has_last_event(key))
    }

    /// The call was scheduled. Returns the key of the call that is to be taken out: the one that this one replaces, or this
    /// one, if the handler was closed, or a later event has replaced it.
    pub(crate) fn set_scheduled(&self, key: TimeKey) -> Option<TimeKey> {
        let scheduled = &self.state.scheduled;
        scheduled.set_scheduled(self.ticket, self.last_event, key)
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
        let scheduled = &self.state.scheduled;
        let is_current = !scheduled.is_replaced(self.ticket);
        let permit = self.permit.take();
        if let Some(permit) = &permit {
            permit.set_kept(false);
        }
        is_current.then_some(permit)
    }
}

impl Drop for CarriedCall {
    fn drop(&mut self) {
        let last_event = self.is_last_event.then_some(self.key);
        self.state.scheduled.end(self.ticket, last_event);
        drop(self.permit.take());
    }
}
