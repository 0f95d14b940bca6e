//! The end of a poll of an async emission: what few of them leave to be queued, reported or refused.

use std::{
    pin::Pin,
    task::{Poll, ready},
};

use super::emission::AsyncEmission;
use crate::{
    background::Select,
    context::{CatchSpan, log, refuse_for},
    event::Event,
    queue::QueueOwner,
    result::{FailedCheck, Recording, TooDeep},
};

impl<E: Event> AsyncEmission<E> {
    /// Whether there are failures, calls that are to be made later, or what else few emissions have: one check for all of it.
    #[inline(always)]
    pub(super) fn is_uncommon(&self) -> bool {
        !self.failures.is_none() | !self.rare.is_none() | self.background_run.is_uncommon()
    }

    /// After each poll: queues what is to run later, and refuses an event that fails closed.
    #[cold]
    #[inline(never)]
    pub(super) fn end_poll(
        mut self: Pin<&mut Self>,
        polled: Poll<Result<(), Box<TooDeep>>>,
        recording: Option<&Recording>,
    ) -> Poll<Result<(), Box<TooDeep>>> {
        self.as_mut().queue_later(polled.is_ready(), recording);
        if E::__FAILS_CLOSED
            && let Poll::Ready(result) = &polled
        {
            self.refuse(result.as_ref().err().map(|refusal| &**refusal));
        }
        polled
    }

    pub(super) fn queue_later(
        mut self: Pin<&mut Self>,
        is_ready: bool,
        recording: Option<&Recording>,
    ) {
        if self.background_run.is_uncommon() {
            self.as_mut().schedule_next_calls();
        }
        if !self.rare.is_none() && is_ready {
            self.end_rare(recording);
        }
    }

    /// The handlers have ended: queues the deferred ones that follow, and holds the event in the unit.
    #[cold]
    #[inline(never)]
    fn end_rare(mut self: Pin<&mut Self>, recording: Option<&Recording>) {
        self.as_mut().defer_last(Select::DeferredLast, recording);
        self.hold_in_unit(recording);
    }

    /// Schedules the calls of handlers that are to be made later, as those that failed and are to be repeated.
    #[cold]
    fn schedule_next_calls(self: Pin<&mut Self>) {
        let this = self.project();
        let _entered = this.span.get().and_then(CatchSpan::enter);
        let _sink = this.registry.core().pass_failures();
        let queue = this.registry.core().queue();
        let calls = this.background_run.schedule_next_calls(queue);
        this.stats.add_retrying(calls.repeated);
        this.stats.deferred += calls.deferred;
        if calls.repeated > 0 {
            this.registry.core().retries_scheduled();
        }
    }

    /// Refuses an event that fails closed because of what failed since its chain has run.
    fn refuse(self: Pin<&mut Self>, refusal: Option<&TooDeep>) {
        let mut background_run = self.project().background_run;
        let failed = background_run.failed_checks();
        if let Some(event) = background_run.as_mut().event_mut() {
            refuse_for(event, failed);
            refuse_for(event, refusal.map(FailedCheck::of_refusal));
        }
    }

    /// Ends a poll after which [`is_uncommon`](Self::is_uncommon) is true, or which refused the emit: logs failures.
    #[cold]
    #[inline(never)]
    pub(super) fn end_and_log(
        mut self: Pin<&mut Self>,
        polled: Poll<Result<(), Box<TooDeep>>>,
    ) -> Poll<()> {
        let polled = self.as_mut().end_poll(polled, None);
        // The failures of the chain are logged even while async handlers are pending.
        if !self.failures.is_none() {
            self.as_mut().log_failures(false);
        }
        if let Err(refusal) = ready!(polled) {
            log::refusal(&refusal);
        }
        if self.background_run.is_uncommon() {
            self.log_failures(true);
        }
        Poll::Ready(())
    }
}
