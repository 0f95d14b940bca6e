//! Emitting and waiting for the async subscribers: a future that runs them on the caller's task.

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
    run_all::{self, RunReport},
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
    /// An event that is emitted with [`emit_async`](crate::Event::emit_async); gives the event back.
    ///
    /// Nothing happens before the first poll: that runs the sync subscribers, in order, and begins
    /// the async ones, which then go on beside one another on the task that polls. No runtime is
    /// needed, and nothing is allocated for subscribers that are ready at once.
    ///
    /// Dropping it drops the subscribers that are not through, and the event with them; everything
    /// else stays usable. What has failed by then is logged.
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct EmitAsync<E> {
        #[pin]
        flight: AsyncEmit<E>,
    }
}

pin_project_lite::pin_project! {
    /// An event that is emitted with [`try_emit_async`](crate::Event::try_emit_async); gives it back
    /// with what became of it. See [`EmitAsync`].
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct TryEmitAsync<E> {
        #[pin]
        flight: AsyncEmit<E>,
    }
}

pin_project_lite::pin_project! {
    /// An event under way.
    struct AsyncEmit<E> {
        #[pin]
        trailing: BackgroundRun<E>,
        registry: Registry,
        // Where it is emitted.
        site: CallSite,
        // The emitter's span, when anybody looks at spans.
        span: OptionBox<Span>,
        begun: bool,
        refused: bool,
        told: EmitStats,
        // What failed in the chain, if the emitter wants to know.
        failures: OptionBox<Vec<Failure>>,
        // The tail whose deferred handlers go to the queue at the end.
        last: Option<Arc<BackgroundPlan>>,
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
            flight: AsyncEmit::new(registry, event, origin, site),
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
            flight: AsyncEmit::new(registry, event, origin, site),
        }
    }
}

impl<E: Event> Future for EmitAsync<E> {
    type Output = E;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<E> {
        let mut flight = self.project().flight;
        let polled = flight.as_mut().poll(context.waker());
        // What failed in the chain is logged before anybody waits.
        log::failures(flight.as_mut().project().failures);
        if let Err(refusal) = ready!(polled) {
            log::refusal(&refusal);
        }
        flight.as_mut().project().trailing.record();
        Poll::Ready(flight.end())
    }
}

impl<E: Event> Future for TryEmitAsync<E> {
    type Output = Result<Emitted<E>, EmitError<E>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut flight = self.project().flight;
        let refused = ready!(flight.as_mut().poll(context.waker())).err();
        let failures = flight.as_mut().project().failures.take();
        let mut failures = failures.unwrap_or_default();
        failures.extend(
            flight
                .as_mut()
                .project()
                .trailing
                .take_result()
                .into_failures(),
        );
        let event = flight.as_mut().end();
        let mut told = mem::take(flight.as_mut().project().told);
        told.ran += flight.trailing.ran();
        let emitted = Emitted::new(event, told);
        let trouble = match refused {
            Some(refusal) => EmitErrorKind::TooDeep(*refusal),
            None if failures.is_empty() => return Poll::Ready(Ok(emitted)),
            None => EmitErrorKind::Failed(failures),
        };
        Poll::Ready(Err(EmitError::new(emitted, E::topic().into(), trouble)))
    }
}

impl<E: Event> AsyncEmit<E> {
    #[inline]
    fn new(registry: Registry, event: E, origin: Option<Origin>, site: CallSite) -> Self {
        let span = if is_traced() {
            // Without one it need not be in memory, from which it would have to be copied.
            let span = match &origin {
                None => span::<E>(None),
                Some(origin) => span::<E>(Some(origin)),
            };
            span.into()
        } else {
            OptionBox::NONE
        };
        Self {
            trailing: BackgroundRun::new(event, BackgroundCall::new(E::info(), origin)),
            registry,
            site,
            span,
            begun: false,
            refused: false,
            told: EmitStats::default(),
            failures: OptionBox::NONE,
            last: None,
        }
    }

    #[inline]
    fn poll(mut self: Pin<&mut Self>, waker: &Waker) -> Poll<Result<(), Box<TooDeep>>> {
        let polled = self.as_mut().go_on(waker);
        if polled.is_ready() && self.last.is_some() {
            self.defer();
        }
        polled
    }

    /// The async handlers are through: the deferred ones that waited for one of them go to the queue.
    #[cold]
    fn defer(self: Pin<&mut Self>) {
        let this = self.project();
        let mut trailing = this.trailing;
        let origin = trailing.origin().cloned();
        let emit_context = this
            .registry
            .core()
            .emit_context::<E::Family>(origin.as_ref());
        let _level = EmitGuard::reenter(E::info(), trailing.id());
        let Some(tail) = this.last.take() else { return };
        let event = trailing.as_mut().event_mut();
        let Some(event) = event.and_then(|event| event.__owned()) else {
            return;
        };
        let mut fail = |failure| this.failures.some().push(failure);
        let handed = defer(
            &tail,
            ErasedEventRef::of(event),
            emit_context,
            Select::Deferred,
            &mut fail,
        );
        this.told.deferred = handed.deferred;
        this.told.ran += handed.ran;
    }

    #[inline]
    fn go_on(self: Pin<&mut Self>, waker: &Waker) -> Poll<Result<(), Box<TooDeep>>> {
        let this = self.project();
        let _entered = this.span.get().map(Span::enter);
        if mem::replace(this.begun, true) {
            return this.trailing.poll(waker).map(Ok);
        }
        let core = this.registry.core();
        core.warn_if_unscanned();
        let mut trailing = this.trailing;
        let cloned;
        let origin = match trailing.origin() {
            None => None,
            Some(origin) => {
                cloned = origin.clone();
                Some(&cloned)
            }
        };
        if core.is_intercepted()
            && let Some(event) = trailing.as_mut().event_mut()
            && core.withholds(event, origin, this.site, EmitVerb::EmitAsync)
        {
            *this.refused = true; // nobody heard it, and that is not to be told
            return Poll::Ready(Ok(()));
        }
        let emit_context = core.emit_context::<E::Family>(origin);
        let failures = FailureList::new();
        let slot = core.slot_with_patterns::<E::Family>();
        let mut polled = Poll::Ready(());
        let refused = dispatch::with_guard(slot, emit_context, |plan, level| {
            let telling = RunReport {
                told: this.told,
                failures: &failures,
                last: this.last,
            };
            polled = run_all::begin(
                trailing,
                plan,
                level,
                emit_context,
                Select::Async,
                telling,
                waker,
            );
        });
        *this.failures = failures.into_inner();
        match refused {
            Err(refusal) => {
                *this.refused = true;
                Poll::Ready(Err(refusal))
            }
            Ok(_) => polled.map(Ok),
        }
    }

    /// The event, once it is through.
    #[inline]
    fn end(mut self: Pin<&mut Self>) -> E {
        let told = &self.told;
        if told.is_unheard() && self.trailing.ran() == 0 {
            self.report_unheard();
        }
        match self.as_mut().project().trailing.take() {
            Some(event) => event,
            None => panic!("an emit was polled after it was ready"),
        }
    }

    /// Nobody has heard it.
    #[cold]
    #[inline(never)]
    fn report_unheard(&self) {
        let topic = E::topic();
        debug!(target: "events_core", topic, "no subscriber heard the event");
        let emit_limits = self.registry.core().emit_limits();
        if let Some(event) = self.trailing.event()
            && emit_limits.is_hooked()
            && !self.refused
        {
            let origin = self.trailing.origin();
            emit_limits.call_unheard_hook(&TypedView { event, origin });
        }
    }
}

/// The span that each poll enters: the emitter's, with one of the emit's own when somebody looks at
/// these.
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
