//! An async emission in progress: the state that the futures of async emits share.
//!
//! The first poll runs the sync handlers and starts the async ones; later polls poll these.
//! Deferred handlers are queued with the first poll. If some depend on an async handler, then these, and
//! the deferred ones that dependencies connect with them, are queued when the async handlers are complete.

use std::{
    mem,
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker, ready},
};

use crate::{
    background::{BackgroundPlan, BackgroundRun, Select},
    context::{CatchSpan, EmitGuard, is_traced, log, refuse_for},
    emit::{
        context::CallSite,
        run_all::{self, Dispatch, run_all},
    },
    event::{Event, TypedView, topic_of, topic_text},
    handler::BackgroundCall,
    metadata::{EmitVerb, Origin},
    primitives::OptionBox,
    registry::Registry,
    result::{
        EmitError, EmitErrorKind, EmitStats, Emitted, FailedCheck, Failure, FailureList, NotRun,
        Outcomes, Recording, TooDeep,
    },
};

pin_project_lite::pin_project! {
    /// An async emission in progress. When it is dropped, it queues the remaining deferred handlers that
    /// depend on no async one, and logs which handlers are cut off or not reached, and the failures that were not
    /// reported.
    pub(in crate::emit) struct AsyncEmission<E: Event> {
        #[pin]
        pub(super) background_run: BackgroundRun<E>,
        pub(super) registry: Registry,
        // The span that each poll enters, if there is one. Before the first poll: that of the caller.
        pub(super) span: OptionBox<CatchSpan>,
        stage: Stage,
        pub(super) stats: EmitStats,
        // The failures of the chain, and of deferring.
        pub(super) failures: OptionBox<Vec<Failure>>,
        // The background plan, if deferred handlers of it are not queued yet.
        pub(super) deferred_last: Option<Arc<BackgroundPlan>>,
    }

    impl<E: Event> PinnedDrop for AsyncEmission<E> {
        fn drop(mut this: Pin<&mut Self>) {
            if this.background_run.ready().is_pending() || this.deferred_last.is_some() {
                this.as_mut().cut_off();
            }
            if !this.failures.is_none() || this.background_run.is_uncommon() {
                this.log_failures(true);
            }
        }
    }
}

/// How far an async emission is. As large as its neighbours: behind a byte, the compiler cleared several fields with one
/// store that overlapped another, and store forwarding failed in each emit.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(usize)]
enum Stage {
    /// It was not polled.
    New,
    Started,
    /// The depth limit refused the emit, or an interceptor withheld the event.
    Refused,
}

impl<E: Event> AsyncEmission<E> {
    #[inline]
    pub(in crate::emit) fn new(
        registry: Registry,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        let origin = origin.or_else(E::__default_origin);
        let span = if is_traced() {
            log::caller_span()
        } else {
            OptionBox::NONE
        };
        let call = BackgroundCall::of(&event, origin);
        Self {
            background_run: BackgroundRun::new(event, call, site),
            registry,
            span,
            stage: Stage::New,
            stats: EmitStats::default(),
            failures: OptionBox::NONE,
            deferred_last: None,
        }
    }

    #[cfg(feature = "tokio")]
    pub(in crate::emit) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// The topic of the event: its own, if it is a named event.
    pub(in crate::emit) fn topic(&self) -> &str {
        self.background_run.event().map_or(E::topic(), topic_of)
    }

    /// Polls the handlers, and logs failures. Returns the event.
    #[inline]
    pub(in crate::emit) fn poll_event(mut self: Pin<&mut Self>, waker: &Waker) -> Poll<E> {
        let polled = self.as_mut().poll(waker, None);
        // The failures of the chain are logged even while async handlers are pending.
        if !self.failures.is_none() {
            self.as_mut().log_failures(false);
        }
        if let Err(refusal) = ready!(polled) {
            log::refusal(&refusal);
        }
        if self.background_run.is_uncommon() {
            self.as_mut().log_failures(true);
        }
        Poll::Ready(self.finish())
    }

    /// Logs the failures of the chain, and those of the async handlers if these are complete or dropped.
    #[cold]
    #[inline(never)]
    fn log_failures(self: Pin<&mut Self>, with_background: bool) {
        let this = self.project();
        let _sink = this.registry.core().pass_failures();
        if !this.failures.is_none() {
            // The errors' destructors run nested in the emission, which owns the handlers.
            let _entered = this.background_run.enter();
            log::failures(this.failures);
        }
        if with_background {
            this.background_run.record();
        }
    }

    /// Polls the handlers, and returns the event with the result. The record is that of the emit.
    pub(in crate::emit) fn poll_result(
        mut self: Pin<&mut Self>,
        waker: &Waker,
        outcomes: &mut Outcomes,
    ) -> Poll<Result<Emitted<E>, EmitError<E>>> {
        let recording = Recording::new(mem::replace(outcomes, Outcomes::NONE));
        let polled = self.as_mut().poll(waker, Some(&recording));
        *outcomes = recording.into_outcomes();
        let refusal = ready!(polled).err();
        let failures = self.as_mut().project().failures.take();
        let mut failures = failures.unwrap_or_default();
        let this = self.as_mut().project();
        let mut outcomes = mem::replace(outcomes, Outcomes::NONE);
        let result = this.background_run.take_recorded(&mut outcomes);
        failures.extend(result.into_failures());
        let event = self.as_mut().finish();
        let mut stats = mem::take(self.as_mut().project().stats);
        stats.ran += self.background_run.ran();
        let emitted = Emitted::new(event, stats, outcomes);
        let error = match refusal {
            Some(refusal) => EmitErrorKind::TooDeep(refusal),
            None if failures.is_empty() => return Poll::Ready(Ok(emitted)),
            None => EmitErrorKind::Failed(failures),
        };
        let topic = topic_text(emitted.event());
        Poll::Ready(Err(EmitError::new(emitted, topic, error)))
    }

    #[inline]
    fn poll(
        mut self: Pin<&mut Self>,
        waker: &Waker,
        recording: Option<&Recording>,
    ) -> Poll<Result<(), Box<TooDeep>>> {
        let polled = self.as_mut().poll_handlers(waker, recording);
        if self.background_run.is_uncommon() {
            self.as_mut().schedule_next_calls();
        }
        if polled.is_ready() && self.deferred_last.is_some() {
            self.as_mut().defer_last(Select::DeferredLast, recording);
        }
        if E::__FAILS_CLOSED
            && let Poll::Ready(result) = &polled
        {
            self.refuse(result.as_ref().err().map(|refusal| &**refusal));
        }
        polled
    }

    /// Schedules the calls of handlers that failed and are to be repeated.
    #[cold]
    fn schedule_next_calls(self: Pin<&mut Self>) {
        let this = self.project();
        let _entered = this.span.get().and_then(CatchSpan::enter);
        let _sink = this.registry.core().pass_failures();
        let queue = this.registry.core().queue();
        let retrying = this.background_run.schedule_next_calls(queue);
        this.stats.add_retrying(retrying);
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

    /// The first call runs the chain and starts the async handlers; further calls poll these.
    #[inline]
    fn poll_handlers(
        mut self: Pin<&mut Self>,
        waker: &Waker,
        recording: Option<&Recording>,
    ) -> Poll<Result<(), Box<TooDeep>>> {
        let this = self.as_mut().project();
        if mem::replace(this.stage, Stage::Started) != Stage::New {
            if this.background_run.is_in_chain() {
                return self.resume_chain(waker, recording).map(Ok);
            }
            let _entered = this.span.get().and_then(CatchSpan::enter);
            return this.background_run.poll_measured(waker).map(Ok);
        }
        if is_traced() {
            let topic = this.background_run.event().map_or(E::topic(), topic_of);
            log::choose_span(this.span, topic, this.background_run.origin());
        }
        let _entered = this.span.get().and_then(CatchSpan::enter);
        let core = this.registry.core();
        core.warn_if_unscanned();
        let mut background_run = this.background_run;
        let site = background_run.site();
        let cloned;
        let origin = match background_run.origin() {
            None => None,
            Some(origin) => {
                cloned = origin.clone();
                Some(&cloned)
            }
        };
        if core.is_intercepted()
            && let Some(event) = background_run.as_mut().event_mut()
            && core.withholds(event, origin, site, EmitVerb::EmitAsync)
        {
            *this.stage = Stage::Refused;
            let own_topic = background_run.event().and_then(Event::__own_topic);
            let own_topic = own_topic.map(|topic| &**topic);
            core.record_not_run::<E::Family>(recording, own_topic, NotRun::Withheld);
            return Poll::Ready(Ok(()));
        }
        let emit_context = core.emit_context::<E::Family>(origin, site);
        let failures = FailureList::recording(recording);
        if failures.records() {
            background_run.as_mut().record_skipped();
        }
        let own_topic = background_run
            .event()
            .and_then(|event| event.__own_topic().cloned());
        let mut polled = Poll::Ready(());
        let result =
            core.with_plan::<E::Family, _>(own_topic.as_deref(), emit_context, |plan, guard| {
                let dispatch = Dispatch {
                    guard,
                    emit_context,
                    select: Select::Async,
                    waker,
                    stats: this.stats,
                    failures: &failures,
                    deferred_last: this.deferred_last,
                };
                if let Some(record) = failures.if_recorded() {
                    record.set_plan(plan.subscribers());
                }
                polled = run_all(background_run, plan, dispatch);
            });
        *this.failures = failures.into_inner();
        if recording.is_some() && !matches!(result, Ok(Some(()))) {
            let why = result
                .as_ref()
                .map_or(NotRun::Refused, |_| NotRun::FoundNone);
            core.record_not_run::<E::Family>(recording, own_topic.as_deref(), why);
        }
        match result {
            Err(refusal) => {
                *this.stage = Stage::Refused;
                Poll::Ready(Err(refusal))
            }
            Ok(_) => polled.map(Ok),
        }
    }

    /// Continues the chain behind an awaited handler, and then starts the async handlers.
    #[cold]
    fn resume_chain(
        self: Pin<&mut Self>,
        waker: &Waker,
        recording: Option<&Recording>,
    ) -> Poll<()> {
        let this = self.project();
        let _entered = this.span.get().and_then(CatchSpan::enter);
        let background_run = this.background_run;
        let origin = background_run.origin().cloned();
        let core = this.registry.core();
        let emit_context = core.emit_context::<E::Family>(origin.as_ref(), background_run.site());
        let failures = FailureList::recording(recording);
        let polled = match EmitGuard::try_reenter(E::info(), background_run.state()) {
            Err(refusal) => {
                *this.stats = background_run.end_chain(&refusal, &failures);
                Poll::Ready(())
            }
            Ok(guard) => {
                let dispatch = Dispatch {
                    guard: &guard,
                    emit_context,
                    select: Select::Async,
                    waker,
                    stats: this.stats,
                    failures: &failures,
                    deferred_last: this.deferred_last,
                };
                run_all::resume(background_run, dispatch)
            }
        };
        if let Some(failures) = failures.into_inner().take() {
            this.failures.get_or_insert_default().extend(failures);
        }
        polled
    }

    /// Takes the event out, after all handlers have ended.
    #[inline]
    fn finish(mut self: Pin<&mut Self>) -> E {
        if self.stats.is_unheard() && self.background_run.is_unheard() {
            self.report_unheard();
        }
        match self.as_mut().project().background_run.take() {
            Some(event) => event,
            None => panic!("an emit was polled after it was ready"),
        }
    }

    /// Reports to the log and to the hook that no subscriber received the event, unless it was refused or withheld.
    #[cold]
    #[inline(never)]
    fn report_unheard(&self) {
        if let Some(event) = self.background_run.event()
            && self.stage != Stage::Refused
        {
            let origin = self.background_run.origin();
            let emit_limits = self.registry.core().emit_limits();
            emit_limits.report_unheard(&TypedView { event, origin });
        }
    }
}
