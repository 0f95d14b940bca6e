//! An async emission with middleware around it.

use std::{
    mem,
    pin::Pin,
    task::{Poll, Waker},
};

use super::emission::{AsyncEmission, Stage};
use crate::{
    context::{CatchSpan, failed_checks, refuse_for},
    emit::wrapped::{WrappedAsync, begin},
    event::Event,
    policy::{EmitCounts, EmitMiddleware, EmitRest, Entries},
    primitives::OptionBox,
    result::{Failures, NotRun, Recording, TooDeep},
};

impl<E: Event> AsyncEmission<E> {
    /// Begins the middleware. Called at the first poll.
    #[cold]
    #[inline(never)]
    pub(super) fn begin_wrapped(
        mut self: Pin<&mut Self>,
        middlewares: Entries<dyn EmitMiddleware>,
        waker: &Waker,
        recording: Option<&Recording>,
    ) -> Poll<Result<(), Box<TooDeep>>> {
        let this = self.as_mut().project();
        let entered = this.span.get().and_then(CatchSpan::enter);
        let core = this.registry.core();
        let origin = this.background_run.origin().cloned();
        let event = this.background_run.event();
        let own_topic = event.and_then(|event| event.__own_topic().cloned());
        let site = this.background_run.site();
        let emit_context = core.emit_context::<E::Family>(origin.as_ref(), site);
        let begun = begin(core, middlewares, emit_context, own_topic.as_deref(), None);
        drop(entered);
        match begun {
            Err(refusal) => {
                *this.stage = Stage::Refused;
                let why = NotRun::Refused;
                core.record_not_run::<E::Family>(recording, own_topic.as_deref(), why);
                Poll::Ready(Err(refusal))
            }
            Ok((emit, state)) => {
                this.background_run.set_state(state);
                this.rare.get_or_insert_default().wrapped = Some(WrappedAsync {
                    emit,
                    stage: Stage::Wrapped,
                    refusal: None,
                    logged: 0,
                    is_cut_off: false,
                });
                self.poll_wrapped(waker, recording)
            }
        }
    }

    /// Polls the middleware, and the handlers when that requests it.
    #[cold]
    #[inline(never)]
    pub(super) fn poll_wrapped(
        mut self: Pin<&mut Self>,
        waker: &Waker,
        recording: Option<&Recording>,
    ) -> Poll<Result<(), Box<TooDeep>>> {
        let this = self.as_mut().project();
        let rare = this.rare.get_mut();
        let Some(mut wrapped) = rare.and_then(|rare| rare.wrapped.take()) else {
            return Poll::Ready(Ok(()));
        };
        // Entered here, around the middleware and the handlers.
        let span = mem::replace(this.span, OptionBox::NONE);
        let entered = span.get().and_then(CatchSpan::enter);
        let mut rest = Rest {
            emission: self.as_mut(),
            stage: &mut wrapped.stage,
            refusal: &mut wrapped.refusal,
            is_cut_off: &mut wrapped.is_cut_off,
            logged: wrapped.logged,
            recording,
        };
        let polled = wrapped.emit.poll(waker, &mut rest);
        drop(entered);
        let mut this = self.as_mut().project();
        *this.span = span;
        let Poll::Ready(failures) = polled else {
            *this.stage = Stage::InMiddleware;
            this.rare.get_or_insert_default().wrapped = Some(wrapped);
            return Poll::Pending;
        };
        let is_called = wrapped.emit.is_called();
        *this.stage = if is_called && !wrapped.is_cut_off {
            wrapped.stage
        } else {
            Stage::Refused
        };
        if !is_called && recording.is_some() {
            let event = this.background_run.event();
            let own_topic = event.and_then(|event| event.__own_topic().cloned());
            let core = this.registry.core();
            let own_topic = own_topic.as_deref();
            core.record_not_run::<E::Family>(recording, own_topic, NotRun::Withheld);
        }
        if !failures.is_empty() {
            if E::__FAILS_CLOSED
                && let Some(event) = this.background_run.as_mut().event_mut()
            {
                refuse_for(event, failed_checks(&failures));
            }
            this.failures.get_or_insert_default().extend(failures);
        }
        Poll::Ready(wrapped.refusal.take().map_or(Ok(()), Err))
    }

    /// What the handlers did so far.
    fn counts(&self, logged: usize) -> EmitCounts {
        let of_chain = self.failures.get().map_or(0, Failures::len);
        let failed = logged + of_chain + self.background_run.failed();
        EmitCounts::of(&self.stats, failed).with_ran(self.background_run.ran())
    }
}

/// The handlers of an async emission.
struct Rest<'p, E: Event> {
    emission: Pin<&'p mut AsyncEmission<E>>,
    stage: &'p mut Stage,
    refusal: &'p mut Option<Box<TooDeep>>,
    is_cut_off: &'p mut bool,
    logged: usize,
    recording: Option<&'p Recording>,
}

impl<E: Event> EmitRest for Rest<'_, E> {
    fn poll(&mut self, waker: &Waker) -> Poll<EmitCounts> {
        let mut emission = self.emission.as_mut();
        *emission.as_mut().project().stage = *self.stage;
        let polled = emission.as_mut().poll_and_defer(waker, self.recording);
        *self.stage = *emission.as_mut().project().stage;
        polled.map(|result| {
            *self.refusal = result.err();
            emission.counts(self.logged + usize::from(self.refusal.is_some()))
        })
    }

    fn cut_off(&mut self) -> EmitCounts {
        *self.is_cut_off = true;
        let mut emission = self.emission.as_mut();
        emission.as_mut().cut_off_by_middleware(self.recording);
        emission.counts(self.logged)
    }
}
