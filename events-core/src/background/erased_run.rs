//! A background run with its event type erased, as the queue stores it.

use std::{
    any::Any,
    borrow::Cow,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{
    background_result::{BackgroundResult, UnfinishedHandlers},
    background_run::BackgroundRun,
    copies::{HeldEvent, RunEvent},
    run_trait::{CallSchedule, ErasedBackgroundRun, NextCalls},
};
use crate::{
    context::EmissionState,
    event::{AnyEvent, Event, EventCopy},
    metadata::{EmissionId, EventInfo, Origin, SubscriberInfo},
    result::{EmitStats, FailedCheck, FailedEmission, Outcomes},
};

impl<E> BackgroundRun<E> {
    /// Records from now on what becomes of handlers that neither run nor fail.
    #[cold]
    pub(crate) fn record_outcomes(self: Pin<&mut Self>) {
        self.project().result.record_outcomes();
    }

    /// Sets the state with which the emission is entered: it has begun.
    pub(crate) fn set_state(self: Pin<&mut Self>, state: EmissionState) {
        *self.project().state = state;
    }

    /// How many failures were neither logged nor returned.
    pub(crate) fn failed(&self) -> usize {
        self.result.failed()
    }

    /// Drops the handlers that have not ended, for good, and keeps the event. Returns what the chain did, and why an event
    /// that fails closed is refused, if the chain was suspended.
    #[cold]
    pub(crate) fn abandon(mut self: Pin<&mut Self>) -> (EmitStats, Vec<FailedCheck>) {
        self.as_mut().clear();
        let this = self.project();
        this.not_started.clear();
        this.chain.take().map_or_else(Default::default, |progress| {
            (progress.stats, progress.failed_checks)
        })
    }

    /// The results so far, with what became of handlers that neither ran nor failed moved to the record of the emit.
    pub(crate) fn take_recorded(self: Pin<&mut Self>, outcomes: &mut Outcomes) -> BackgroundResult {
        let mut result = self.take_result();
        for (number, outcome) in result.take_outcomes() {
            outcomes.add_in_background(number, outcome);
        }
        result
    }
}

/// Polls a run whose chain may be suspended: that of an event that was enqueued.
trait PollEnqueued: RunEvent + Sized {
    fn poll_enqueued(run: Pin<&mut BackgroundRun<Self>>, waker: &Waker) -> Poll<()>;
}

impl<E: Event> PollEnqueued for E {
    fn poll_enqueued(run: Pin<&mut BackgroundRun<E>>, waker: &Waker) -> Poll<()> {
        run.poll_enqueued(waker)
    }
}

impl PollEnqueued for HeldEvent {
    fn poll_enqueued(run: Pin<&mut BackgroundRun<Self>>, waker: &Waker) -> Poll<()> {
        run.poll_enqueued(waker)
    }
}

/// The chain has ended when an event is copied.
impl PollEnqueued for EventCopy {
    fn poll_enqueued(run: Pin<&mut BackgroundRun<Self>>, waker: &Waker) -> Poll<()> {
        run.poll(waker)
    }
}

impl<E: PollEnqueued + Send + 'static> ErasedBackgroundRun for BackgroundRun<E> {
    fn poll(mut self: Pin<&mut Self>, waker: &Waker, _owner: &dyn Any) -> (Poll<()>, bool) {
        let polled = E::poll_enqueued(self.as_mut(), waker);
        (polled, self.is_uncommon())
    }

    fn poll_in_emission(mut self: Pin<&mut Self>, waker: &Waker) -> Poll<()> {
        if let Some((_, plan)) = self.info_and_plan() {
            self.as_mut().poll_and_start(&plan, waker);
        }
        self.ready()
    }

    fn record_outcomes(self: Pin<&mut Self>) {
        self.record_outcomes();
    }

    fn schedule_next_calls(self: Pin<&mut Self>, schedule: &dyn CallSchedule) -> NextCalls {
        self.schedule_next_calls(schedule)
    }

    fn is_waiting(&self) -> bool {
        let waiting = self.futures.call().waiting();
        waiting > 0 && waiting == self.futures.len()
    }

    fn waits_for_later(&self, held_up: &[EmissionId]) -> bool {
        self.futures.call().waits_for_later(held_up)
    }

    fn attempt(&self) -> u32 {
        self.futures.call().attempt()
    }

    fn take_result(self: Pin<&mut Self>) -> BackgroundResult {
        self.take_result()
    }

    fn record(self: Pin<&mut Self>) -> usize {
        self.record()
    }

    fn show_unheard(&self, f: &mut dyn FnMut(&dyn AnyEvent)) {
        if let Some(event) = self.event().filter(|_| self.is_unheard()) {
            event.show(self.origin(), f);
        }
    }

    fn remove_async(self: Pin<&mut Self>) -> Vec<Arc<SubscriberInfo>> {
        let Some((_, plan)) = self.info_and_plan() else {
            return Vec::new();
        };
        let subscriber = |number: usize| &plan.subscribers()[number];
        let not_started = self.project().not_started;
        let (removed, kept): (Vec<_>, Vec<_>) = mem::take(not_started)
            .into_iter()
            .partition(|&number| subscriber(number).asynchronous);
        *not_started = kept;
        removed
            .into_iter()
            .map(|number| Arc::clone(subscriber(number)))
            .collect()
    }

    fn unfinished(&self) -> UnfinishedHandlers {
        self.unfinished()
    }

    fn stop(mut self: Pin<&mut Self>) -> Option<(Box<dyn Any + Send>, Option<Origin>)> {
        self.as_mut().clear();
        drop(self.as_mut().project().chain.take());
        let origin = self.origin().cloned();
        Some((self.take()?.into_any(), origin))
    }

    fn info(&self) -> Option<&'static EventInfo> {
        let is_there = self.futures.is_borrowed() || self.futures.subject().is_some();
        is_there.then(|| self.futures.call().info())
    }

    fn failed_emission(&self) -> FailedEmission {
        self.futures.call().failed_emission()
    }

    fn topic(&self) -> Option<Cow<'static, str>> {
        // A future that borrows the event exclusively is that of an exact subscriber, so the event has a type.
        let of_type = self.info()?.topic().into();
        Some(self.event().map_or(of_type, E::topic_text))
    }
}
