//! The trait of a background run with its event type erased, as the queue stores it, and the trait of the queue with which
//! a run schedules calls.

use std::{
    any::Any,
    borrow::Cow,
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
    time::Duration,
};

use super::background_result::{BackgroundResult, UnfinishedHandlers};
use crate::{
    event::AnyEvent,
    metadata::{EmissionId, EventInfo, Origin, SubscriberInfo},
    result::{FailedEmission, Undelivered},
    time::TimeKey,
};

/// A [`BackgroundRun`](super::background_run::BackgroundRun) with its event type erased: the dispatch of one
/// event to handlers of a plan.
pub(crate) trait ErasedBackgroundRun: Send {
    /// Polls the pending handlers, and starts those that are no longer blocked. Ready when all handlers are complete. Also
    /// returns whether there may be calls to [schedule](Self::schedule_next_calls). `owner` is that of the queue whose job
    /// this is.
    // Both results are returned in registers.
    fn poll(self: Pin<&mut Self>, waker: &Waker, owner: &dyn Any) -> (Poll<()>, bool);

    /// Only polls and starts handlers, when its emission is the innermost one of this thread already.
    fn poll_in_emission(self: Pin<&mut Self>, waker: &Waker) -> Poll<()>;

    /// Records from now on what becomes of handlers that neither run nor fail.
    fn record_outcomes(self: Pin<&mut Self>);

    /// Schedules the calls that are to be made later. Returns how many it has scheduled.
    fn schedule_next_calls(self: Pin<&mut Self>, schedule: &dyn CallSchedule) -> NextCalls;

    /// Whether all pending handlers wait for a permit, and there is one.
    fn is_waiting(&self) -> bool;

    /// Whether the permits that its handlers wait for become free only when a call is made that is scheduled, or when one of
    /// these emissions is resumed.
    fn waits_for_later(&self, held_up: &[EmissionId]) -> bool;

    /// The number of the attempt: more than 1 for the repetition of a failed call.
    fn attempt(&self) -> u32;

    /// The results so far; each failure is returned once.
    fn take_result(self: Pin<&mut Self>) -> BackgroundResult;

    /// Logs the failures so far, and returns how many there are.
    fn record(self: Pin<&mut Self>) -> usize;

    /// Calls `f` with the event, if it is still there and no handler has received it: none ran, failed or is pending.
    fn show_unheard(&self, f: &mut dyn FnMut(&dyn AnyEvent));

    /// Removes the async handlers that are not started, and returns their subscribers.
    fn remove_async(self: Pin<&mut Self>) -> Vec<Arc<SubscriberInfo>>;

    /// The subscribers whose handlers are not complete.
    fn unfinished(&self) -> UnfinishedHandlers;

    /// Drops the handlers' futures, and returns the event and its origin, if the event is still there.
    fn stop(self: Pin<&mut Self>) -> Option<(Box<dyn Any + Send>, Option<Origin>)>;

    /// Describes the event type; `None` if the event is no longer there.
    fn info(&self) -> Option<&'static EventInfo>;

    /// The emission, for a failure in it. It is the innermost one of this thread.
    fn failed_emission(&self) -> FailedEmission;

    /// The topic of the event; `None` if the event is no longer there.
    fn topic(&self) -> Option<Cow<'static, str>>;
}

/// How many calls of an event were scheduled.
#[derive(Clone, Copy, Default)]
pub(crate) struct NextCalls {
    /// Of handlers that failed.
    pub(crate) repeated: usize,
    /// Of handlers that were not called, as they wait until no further event comes.
    pub(crate) deferred: u32,
}

/// Where calls are scheduled: the queue.
pub(crate) trait CallSchedule {
    /// Schedules a run; `is_limited` is whether it counts for the capacity of the schedule. Called in the emission that the
    /// run belongs to.
    fn schedule(
        &self,
        run: Pin<Box<dyn ErasedBackgroundRun>>,
        delay: Duration,
        is_limited: bool,
    ) -> Result<TimeKey, Undelivered>;

    /// Counts a call that was scheduled since the one before it failed.
    fn count_repeated(&self);

    /// Takes out a call that is not due, and drops it.
    fn unschedule(&self, key: TimeKey);
}
