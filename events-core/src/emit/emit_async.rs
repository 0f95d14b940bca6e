//! Async emits: a future that runs the sync subscribers and then the async ones, on the caller's task.
//!
//! The first poll runs the sync handlers and starts the async ones; later polls poll these.
//! Deferred handlers are queued with the first poll, unless one of them depends on an async handler:
//! then all of them are queued when the async ones have ended.
//!
//! The future holds the event. A future that is dropped before it is ready drops the event and its
//! pending handlers, logs the failures so far, and queues nothing more. Handlers that ended are not
//! undone, and a snapshot that is in the queue stays there.

use std::{
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use tracing::{Level as Verbosity, Span, debug, level_enabled, trace_span};

use super::{
    context::CallSite,
    defer::defer,
    dispatch,
    run_all::{RunReport, run_all},
};
use crate::{
    background::{BackgroundPlan, BackgroundRun, Select},
    context::{EmitGuard, is_traced, log},
    event::{Event, TypedView},
    handler::{BackgroundCall, ErasedEventRef},
    metadata::Origin,
    primitives::OptionBox,
    registry::{EmitVerb, Registry},
    result::{EmitError, EmitErrorKind, EmitStats, Emitted, Failure, FailureList, TooDeep},
};

pin_project_lite::pin_project! {
    /// The future of [`emit_async`](crate::Event::emit_async); its output is the event.
    ///
    /// Nothing happens before the first poll. That runs the sync subscribers, in order, and starts the
    /// async ones, which then run concurrently on the polling task. No runtime is needed, and nothing is
    /// allocated for subscribers that are ready at once.
    ///
    /// Dropping the future drops the event and the async subscribers that have not ended; everything
    /// else stays usable. Failures up to then are logged.
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct EmitAsync<E> {
        #[pin]
        emit: AsyncEmit<E>,
    }
}

pin_project_lite::pin_project! {
    /// The future of [`try_emit_async`](crate::Event::try_emit_async); its output is the event with the
    /// result of the emit. See [`EmitAsync`].
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct TryEmitAsync<E> {
        #[pin]
        emit: AsyncEmit<E>,
    }
}

pin_project_lite::pin_project! {
    /// An async emit in progress.
    struct AsyncEmit<E> {
        #[pin]
        background_run: BackgroundRun<E>,
        registry: Registry,
        site: CallSite,
        // The span that each poll enters, if `tracing` records spans.
        span: OptionBox<Span>,
        is_started: bool,
        // Whether the depth limit refused the emit, or an interceptor withheld the event.
        is_refused: bool,
        stats: EmitStats,
        // The failures of the chain, and of deferring.
        failures: OptionBox<Vec<Failure>>,
        // The background plan whose deferred handlers are queued after the async ones.
        deferred_last: Option<Arc<BackgroundPlan>>,
    }

    impl<E> PinnedDrop for AsyncEmit<E> {
        fn drop(this: Pin<&mut Self>) {
            log::failures(this.project().failures);
        }
    }
}

impl<E: Event> EmitAsync<E> {
    #[inline]
    pub(crate) fn new(
        registry: Registry,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            emit: AsyncEmit::new(registry, event, origin, site),
        }
    }
}

impl<E: Event> TryEmitAsync<E> {
    pub(crate) fn new(
        registry: Registry,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            emit: AsyncEmit::new(registry, event, origin, site),
        }
    }
}

impl<E: Event> Future for EmitAsync<E> {
    type Output = E;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<E> {
        let mut emit = self.project().emit;
        let polled = emit.as_mut().poll(context.waker());
        // The failures of the chain are logged even while async handlers are pending.
        log::failures(emit.as_mut().project().failures);
        if let Err(refusal) = ready!(polled) {
            log::refusal(&refusal);
        }
        emit.as_mut().project().background_run.record();
        Poll::Ready(emit.finish())
    }
}

impl<E: Event> Future for TryEmitAsync<E> {
    type Output = Result<Emitted<E>, EmitError<E>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut emit = self.project().emit;
        let refusal = ready!(emit.as_mut().poll(context.waker())).err();
        let failures = emit.as_mut().project().failures.take();
        let mut failures = failures.unwrap_or_default();
        let background_run = emit.as_mut().project().background_run;
        failures.extend(background_run.take_result().into_failures());
        let event = emit.as_mut().finish();
        let mut stats = mem::take(emit.as_mut().project().stats);
        stats.ran += emit.background_run.ran();
        let emitted = Emitted::new(event, stats);
        let error = match refusal {
            Some(refusal) => EmitErrorKind::TooDeep(*refusal),
            None if failures.is_empty() => return Poll::Ready(Ok(emitted)),
            None => EmitErrorKind::Failed(failures),
        };
        Poll::Ready(Err(EmitError::new(emitted, E::topic().into(), error)))
    }
}

impl<E: Event> AsyncEmit<E> {
    #[inline]
    fn new(registry: Registry, event: E, origin: Option<Origin>, site: CallSite) -> Self {
        let span = if is_traced() {
            // Borrowing `origin` in one arm only lets the `None` case keep it in registers.
            let span = match &origin {
                None => span::<E>(None),
                Some(origin) => span::<E>(Some(origin)),
            };
            span.into()
        } else {
            OptionBox::NONE
        };
        Self {
            background_run: BackgroundRun::new(event, BackgroundCall::new(E::info(), origin)),
            registry,
            site,
            span,
            is_started: false,
            is_refused: false,
            stats: EmitStats::default(),
            failures: OptionBox::NONE,
            deferred_last: None,
        }
    }

    #[inline]
    fn poll(mut self: Pin<&mut Self>, waker: &Waker) -> Poll<Result<(), Box<TooDeep>>> {
        let polled = self.as_mut().poll_handlers(waker);
        if polled.is_ready() && self.deferred_last.is_some() {
            self.defer_last();
        }
        polled
    }

    /// Queues the deferred handlers, of which one depends on an async handler. The async ones have
    /// ended.
    #[cold]
    fn defer_last(self: Pin<&mut Self>) {
        let this = self.project();
        let mut background_run = this.background_run;
        let origin = background_run.origin().cloned();
        let emit_context = this
            .registry
            .core()
            .emit_context::<E::Family>(origin.as_ref());
        let _guard = EmitGuard::reenter(E::info(), background_run.id());
        let Some(background) = this.deferred_last.take() else {
            return;
        };
        let event = background_run.as_mut().event_mut();
        let Some(event) = event.and_then(|event| event.__owned()) else {
            return;
        };
        let mut fail = |failure| this.failures.get_or_insert_default().push(failure);
        let deferral = defer(
            &background,
            ErasedEventRef::of(event),
            emit_context,
            Select::Deferred,
            &mut fail,
        );
        this.stats.deferred = deferral.deferred;
        this.stats.ran += deferral.ran;
    }

    /// The first call runs the chain and starts the async handlers; further calls poll these.
    #[inline]
    fn poll_handlers(self: Pin<&mut Self>, waker: &Waker) -> Poll<Result<(), Box<TooDeep>>> {
        let this = self.project();
        let _entered = this.span.get().map(Span::enter);
        if mem::replace(this.is_started, true) {
            return this.background_run.poll(waker).map(Ok);
        }
        let core = this.registry.core();
        core.warn_if_unscanned();
        let mut background_run = this.background_run;
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
            && core.withholds(event, origin, this.site, EmitVerb::EmitAsync)
        {
            *this.is_refused = true;
            return Poll::Ready(Ok(()));
        }
        let emit_context = core.emit_context::<E::Family>(origin);
        let failures = FailureList::new();
        let slot = core.slot_with_patterns::<E::Family>();
        let mut polled = Poll::Ready(());
        let result = dispatch::with_guard(slot, emit_context, |plan, guard| {
            let report = RunReport {
                stats: this.stats,
                failures: &failures,
                deferred_last: this.deferred_last,
            };
            polled = run_all(
                background_run,
                plan,
                guard,
                emit_context,
                Select::Async,
                report,
                waker,
            );
        });
        *this.failures = failures.into_inner();
        match result {
            Err(refusal) => {
                *this.is_refused = true;
                Poll::Ready(Err(refusal))
            }
            Ok(_) => polled.map(Ok),
        }
    }

    /// Takes the event out, after all handlers have ended.
    #[inline]
    fn finish(mut self: Pin<&mut Self>) -> E {
        let stats = &self.stats;
        if stats.is_unheard() && self.background_run.ran() == 0 {
            self.report_unheard();
        }
        match self.as_mut().project().background_run.take() {
            Some(event) => event,
            None => panic!("an emit was polled after it was ready"),
        }
    }

    /// Reports that no subscriber received the event: to the log, and to the hook unless it was refused.
    #[cold]
    #[inline(never)]
    fn report_unheard(&self) {
        let topic = E::topic();
        debug!(target: "events_core", topic, "no subscriber received the event");
        let emit_limits = self.registry.core().emit_limits();
        if let Some(event) = self.background_run.event()
            && emit_limits.has_hook()
            && !self.is_refused
        {
            let origin = self.background_run.origin();
            emit_limits.call_unheard_hook(&TypedView { event, origin });
        }
    }
}

/// The span that each poll enters: that of the emit if `tracing` records it, else the caller's.
#[cold]
fn span<E: Event>(origin: Option<&Origin>) -> Span {
    if level_enabled!(Verbosity::TRACE) {
        let (topic, origin) = (E::topic(), origin.map(tracing::field::display));
        trace_span!(target: "events_core", "emit", topic, origin)
    } else {
        Span::current()
    }
}

impl<E> fmt::Debug for EmitAsync<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitAsync").finish_non_exhaustive()
    }
}

impl<E> fmt::Debug for TryEmitAsync<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryEmitAsync").finish_non_exhaustive()
    }
}
