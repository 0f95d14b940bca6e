//! An async emission in progress: the state that the futures of async emits share.
//!
//! The first poll runs the sync handlers and starts the async ones; later polls poll these.
//! Deferred handlers are queued with the first poll. If some depend on an async handler, then these, and
//! the deferred ones that dependencies connect with them, are queued when the async handlers are complete.

use std::{
    mem,
    pin::Pin,
    task::{Poll, Waker, ready},
};

use super::rare::Rare;
use crate::{
    background::{BackgroundRun, Select},
    context::{CatchSpan, is_traced, log},
    emit::{
        context::CallSite,
        run_all::{Start, run_all},
        unit::PlanSource,
    },
    event::{Event, topic_of, topic_text},
    handler::BackgroundCall,
    metadata::{EmitVerb, Origin},
    plan::SubscriberId,
    primitives::OptionBox,
    registry::{AWAITS_SCAN, OBSERVES_EMITS, Registry},
    result::{
        EmitError, EmitErrorKind, EmitStats, Emitted, FailureList, Failures, NotRun, Outcomes,
        Recording, TooDeep,
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
        pub(super) stage: Stage,
        pub(super) stats: EmitStats,
        // The failures of the chain, and of deferring.
        pub(super) failures: OptionBox<Failures>,
        pub(super) rare: OptionBox<Rare<Stage>>,
    }

    impl<E: Event> PinnedDrop for AsyncEmission<E> {
        fn drop(mut this: Pin<&mut Self>) {
            if this.stage != Stage::Complete {
                this.as_mut().end_incomplete();
            }
        }
    }
}

/// How far an async emission is. As large as its neighbours: behind a byte, the compiler cleared several fields with one
/// store that overlapped another, and store forwarding failed in each emit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd)]
#[repr(usize)]
pub(super) enum Stage {
    /// It was not polled.
    New,
    /// The middleware around it has begun, and no handler.
    Wrapped,
    Started,
    /// The middleware around it is in progress.
    InMiddleware,
    /// The depth limit refused the emit, an interceptor or a middleware withheld the event, or a middleware cut it off.
    Refused,
    /// All handlers have ended, and the event is taken out.
    Complete,
}

impl<E: Event> AsyncEmission<E> {
    /// `is_scoped`: this thread may have entered a unit of work.
    // Inlined, and what may be a call before the run is made: else the emission is made elsewhere and copied.
    #[inline(always)]
    pub(in crate::emit) fn new(
        registry: Registry,
        is_scoped: bool,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        let rare = Rare::of_new(is_scoped);
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
            rare,
        }
    }

    /// The same for one durable subscriber, which is the only one that is called.
    pub(in crate::emit) fn for_durable(mut self, number: SubscriberId) -> Self {
        self.rare.get_or_insert_default().durable = Some(number);
        self
    }

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
        let _entered = self.enter();
        let polled = self.as_mut().poll_handlers(waker, None);
        if self.is_uncommon() || matches!(polled, Poll::Ready(Err(_))) {
            ready!(self.as_mut().end_and_log(polled));
        } else if polled.is_pending() {
            return Poll::Pending;
        }
        Poll::Ready(self.finish())
    }

    /// Logs the failures of the chain, and those of the async handlers if these are complete or dropped.
    #[cold]
    #[inline(never)]
    pub(super) fn log_failures(self: Pin<&mut Self>, with_background: bool) {
        let this = self.project();
        if let Some(wrapped) = this.rare.get_mut().and_then(|rare| rare.wrapped.as_mut()) {
            wrapped.logged += this.failures.get().map_or(0, Failures::len);
        }
        let _sink = this.registry.core().pass_failures();
        if let Some(failures) = this.failures.take() {
            // The errors' destructors run nested in the emission, which owns the handlers.
            let _entered = this.background_run.enter();
            log::failures(failures);
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
        let _entered = self.enter();
        let recording = Recording::new(mem::replace(outcomes, Outcomes::NONE));
        let mut polled = self.as_mut().poll_handlers(waker, Some(&recording));
        if self.is_uncommon() || matches!(polled, Poll::Ready(Err(_))) {
            polled = self.as_mut().end_poll(polled, Some(&recording));
        }
        let Poll::Ready(result) = polled else {
            *outcomes = recording.into_outcomes();
            return Poll::Pending;
        };
        let refusal = result.err();
        let mut outcomes = recording.into_outcomes();
        let mut failed = None;
        if self.is_uncommon() {
            failed = EmitErrorKind::of(self.as_mut().take_failures(&mut outcomes));
        }
        let event = self.as_mut().finish();
        let mut stats = mem::take(self.as_mut().project().stats);
        stats.ran += self.background_run.ran();
        let emitted = Emitted::new(event, stats, outcomes);
        let error = match refusal {
            Some(refusal) => EmitErrorKind::TooDeep(refusal),
            None => match failed {
                None => return Poll::Ready(Ok(emitted)),
                Some(error) => error,
            },
        };
        let topic = topic_text(emitted.event());
        Poll::Ready(Err(EmitError::new(emitted, topic, error)))
    }

    /// Takes out the failures, and the record of the background handlers that were skipped.
    #[cold]
    #[inline(never)]
    fn take_failures(self: Pin<&mut Self>, outcomes: &mut Outcomes) -> Failures {
        let this = self.project();
        let mut failures = this.failures.take().unwrap_or_default();
        let result = this.background_run.take_recorded(outcomes);
        failures.extend(result.into_failures());
        failures
    }

    /// Polls the handlers, and queues what is to run later.
    pub(super) fn poll_and_defer(
        mut self: Pin<&mut Self>,
        waker: &Waker,
        recording: Option<&Recording>,
    ) -> Poll<Result<(), Box<TooDeep>>> {
        let polled = self.as_mut().poll_handlers(waker, recording);
        self.queue_later(polled.is_ready(), recording);
        polled
    }

    /// The first call runs the chain and starts the async handlers; further calls poll these.
    #[inline]
    fn poll_handlers(
        mut self: Pin<&mut Self>,
        waker: &Waker,
        recording: Option<&Recording>,
    ) -> Poll<Result<(), Box<TooDeep>>> {
        let this = self.as_mut().project();
        let stage = mem::replace(this.stage, Stage::Started);
        if stage >= Stage::Started {
            if stage == Stage::InMiddleware {
                return self.poll_wrapped(waker, recording);
            }
            if this.background_run.is_in_chain() {
                return self.resume_chain(waker, recording).map(Ok);
            }
            let _entered = this.span.get().and_then(CatchSpan::enter);
            return this.background_run.poll_measured(waker).map(Ok);
        }
        if is_traced() && stage == Stage::New {
            let topic = this.background_run.event().map_or(E::topic(), topic_of);
            log::choose_span(this.span, topic, this.background_run.origin());
        }
        // One load of the flags for all of this: most registries have none of them.
        if this.registry.core().has_flag(AWAITS_SCAN | OBSERVES_EMITS)
            && let Some(polled) = self.as_mut().observe(stage == Stage::New, waker, recording)
        {
            return polled;
        }
        let this = self.project();
        let entered = this.span.get().and_then(CatchSpan::enter);
        let core = this.registry.core();
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
        let emit_context = core.emit_context::<E::Family>(origin, site);
        let failures = FailureList::recording(recording);
        let own_topic = background_run
            .event()
            .and_then(|event| event.__own_topic().cloned());
        let selection = match this.rare.get_mut() {
            None => None,
            Some(rare) => rare.select(this.registry, || {
                PlanSource::of::<E::Family>(core, own_topic.as_deref())
            }),
        };
        let result = core.with_plan::<E::Family, _>(
            own_topic.as_deref(),
            selection,
            emit_context,
            |plan, guard| {
                let start = Start {
                    guard,
                    emit_context,
                    select: Select::Async,
                    waker,
                    stats: this.stats,
                    failures: &failures,
                    last: this.rare,
                };
                if let Some(recording) = recording {
                    background_run.as_mut().record_outcomes();
                    recording.set_plan(plan.subscribers());
                }
                if stage == Stage::Wrapped {
                    guard.resume(background_run.state());
                }
                run_all(background_run, plan, start)
            },
        );
        drop(entered);
        let failures = failures.into_inner();
        if !failures.is_none() {
            *this.failures = failures.into();
        }
        let refusal = match result {
            Ok(Some(polled)) => return polled.map(Ok),
            Ok(None) if recording.is_none() => return Poll::Ready(Ok(())),
            Ok(None) => None,
            Err(refusal) => Some(refusal),
        };
        let why = match refusal {
            None => NotRun::FoundNone,
            Some(_) => NotRun::Refused,
        };
        core.record_not_run::<E::Family>(recording, own_topic.as_deref(), why);
        if refusal.is_some() {
            *this.stage = Stage::Refused;
        }
        Poll::Ready(refusal.map_or(Ok(()), Err))
    }

    /// What few registries have: warns that there was no scan. If the emission begins, passes the event to the interceptor, and
    /// begins the middleware; `None` if the handlers are to be called.
    #[cold]
    #[inline(never)]
    fn observe(
        mut self: Pin<&mut Self>,
        begins: bool,
        waker: &Waker,
        recording: Option<&Recording>,
    ) -> Option<Poll<Result<(), Box<TooDeep>>>> {
        let this = self.as_mut().project();
        let entered = this.span.get().and_then(CatchSpan::enter);
        let core = this.registry.core();
        core.warn_if_unscanned();
        let is_delivery = this.rare.get().is_some_and(|rare| rare.durable.is_some());
        if is_delivery || !begins || !core.observes_emits() {
            return None;
        }
        let mut background_run = this.background_run;
        let (origin, site) = (background_run.origin().cloned(), background_run.site());
        let event = background_run.as_mut().event_mut()?;
        if core.withholds(event, origin.as_ref(), site, EmitVerb::EmitAsync) {
            *this.stage = Stage::Refused;
            let own_topic = background_run.event().and_then(Event::__own_topic);
            let own_topic = own_topic.map(|topic| &**topic);
            core.record_not_run::<E::Family>(recording, own_topic, NotRun::Withheld);
            return Some(Poll::Ready(Ok(())));
        }
        let middlewares = core.emit_middlewares()?;
        drop(entered);
        Some(self.begin_wrapped(middlewares, waker, recording))
    }

    /// Takes the event out, after all handlers have ended.
    #[inline]
    fn finish(mut self: Pin<&mut Self>) -> E {
        if self.stats.is_unheard() && self.background_run.is_unheard() {
            self.report_unheard();
        }
        let this = self.as_mut().project();
        *this.stage = Stage::Complete;
        match this.background_run.take() {
            Some(event) => event,
            None => panic!("an emit was polled after it was ready"),
        }
    }
}
