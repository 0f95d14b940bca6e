//! Emitting and waiting for the async subscribers: a future that runs them on the caller's task.

use std::{
    cell::RefCell,
    fmt,
    future::Future,
    mem,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker, ready},
};

use tracing::{Level as Verbosity, Span, debug, level_enabled, trace_span};

use super::{
    dispatch,
    hand_over::hand_over,
    intercept::{Site, Way},
    registry::Registry,
    slots::Kind,
    through::{self, Telling},
};
use crate::{
    event::{Event, Typed},
    handler::{Call, Lent, Level, Part, Tail, Trailing, record},
    words::{EmitError, Emitted, Failure, Origin, Told, TooDeep, Trouble},
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
        flight: Flight<E>,
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
        flight: Flight<E>,
    }
}

pin_project_lite::pin_project! {
    /// An event under way.
    struct Flight<E> {
        #[pin]
        trailing: Trailing<E>,
        registry: Registry,
        // Where it is emitted.
        site: Site,
        // The emitter's span, when anybody looks at spans.
        span: Option<Box<Span>>,
        begun: bool,
        refused: bool,
        told: Told,
        // What failed in the chain, if the emitter wants to know.
        failures: Vec<Failure>,
        // The tail whose deferred handlers go to the queue at the end.
        last: Option<Arc<Tail>>,
    }

    impl<E> PinnedDrop for Flight<E> {
        fn drop(this: Pin<&mut Self>) {
            log(this.project().failures);
        }
    }
}

impl<E: Event> EmitAsync<E> {
    #[inline]
    pub(crate) fn new(registry: Registry, event: E, origin: Option<Origin>, site: Site) -> Self {
        Self {
            flight: Flight::new(registry, event, origin, site),
        }
    }
}

impl<E: Event> TryEmitAsync<E> {
    pub(crate) fn new(registry: Registry, event: E, origin: Option<Origin>, site: Site) -> Self {
        Self {
            flight: Flight::new(registry, event, origin, site),
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
        log(flight.as_mut().project().failures);
        if let Err(refusal) = ready!(polled) {
            record::refusal(&refusal);
        }
        flight.as_mut().project().trailing.record();
        Poll::Ready(flight.end().0)
    }
}

impl<E: Event> Future for TryEmitAsync<E> {
    type Output = Result<Emitted<E>, EmitError<E>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let mut flight = self.project().flight;
        let refused = ready!(flight.as_mut().poll(context.waker())).err();
        let mut failures = mem::take(flight.as_mut().project().failures);
        failures.extend(flight.as_mut().project().trailing.told().into_failures());
        let (event, told) = flight.end();
        let emitted = Emitted::new(event, told);
        let trouble = match refused {
            Some(refusal) => Trouble::TooDeep(refusal),
            None if failures.is_empty() => return Poll::Ready(Ok(emitted)),
            None => Trouble::Failed(failures),
        };
        Poll::Ready(Err(EmitError::new(emitted, E::topic().into(), trouble)))
    }
}

impl<E: Event> Flight<E> {
    #[inline]
    fn new(registry: Registry, event: E, origin: Option<Origin>, site: Site) -> Self {
        let span = if dispatch::is_traced() {
            // Without one it need not be in memory, from which it would have to be copied.
            let span = match &origin {
                None => span::<E>(None),
                Some(origin) => span::<E>(Some(origin)),
            };
            Some(Box::new(span))
        } else {
            None
        };
        Self {
            trailing: Trailing::new(event, Call::new(E::info(), origin)),
            registry,
            site,
            span,
            begun: false,
            refused: false,
            told: Told::default(),
            failures: Vec::new(),
            last: None,
        }
    }

    #[inline]
    fn poll(mut self: Pin<&mut Self>, waker: &Waker) -> Poll<Result<(), TooDeep>> {
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
        let sending = this.registry.core().sending::<E::Family>(origin.as_ref());
        let _level = Level::enter_again(E::info(), trailing.id());
        let Some(tail) = this.last.take() else { return };
        let subject = trailing.as_mut().subject_mut();
        let Some(event) = subject.and_then(|subject| subject.event.__owned()) else {
            return;
        };
        let mut fail = |failure| this.failures.push(failure);
        let handed = hand_over(&tail, Lent::of(event), sending, Part::Deferred, &mut fail);
        this.told.deferred = handed.deferred;
        this.told.ran += handed.ran;
    }

    #[inline]
    fn go_on(self: Pin<&mut Self>, waker: &Waker) -> Poll<Result<(), TooDeep>> {
        let this = self.project();
        let _entered = this.span.as_deref().map(Span::enter);
        if mem::replace(this.begun, true) {
            return this.trailing.poll(waker).map(Ok);
        }
        let core = this.registry.core();
        core.look_for_scan();
        let mut trailing = this.trailing;
        if core.is_intercepted()
            && let Some(subject) = trailing.as_mut().subject_mut()
            && core.keeps(
                &mut subject.event,
                subject.call.origin(),
                this.site,
                Way::EmitAsync,
            )
        {
            *this.refused = true; // nobody heard it, and that is not to be told
            return Poll::Ready(Ok(()));
        }
        let cloned;
        let origin = match trailing.origin() {
            None => None,
            Some(origin) => {
                cloned = origin.clone();
                Some(&cloned)
            }
        };
        let sending = core.sending::<E::Family>(origin);
        let mut failures = RefCell::new(Vec::new());
        let slot = core.slot_asked(Kind::of::<E::Family>());
        let mut polled = Poll::Ready(());
        let refused = dispatch::with_level(slot, sending, |plan, level| {
            let telling = Telling {
                told: this.told,
                failures: &failures,
                last: this.last,
            };
            polled = through::begin(trailing, plan, level, sending, Part::Async, telling, waker);
        });
        if !failures.get_mut().is_empty() {
            *this.failures = failures.into_inner();
        }
        match refused {
            Err(refusal) => {
                *this.refused = true;
                Poll::Ready(Err(refusal))
            }
            Ok(_) => polled.map(Ok),
        }
    }

    /// The event, and what became of it.
    fn end(self: Pin<&mut Self>) -> (E, Told) {
        let mut this = self.project();
        let mut told = mem::take(this.told);
        told.ran += this.trailing.as_mut().ran();
        if told.is_unheard() {
            let topic = E::topic();
            debug!(target: "events_core", topic, "no subscriber heard the event");
        }
        let is_unheard = told.is_unheard() && this.registry.core().unheard().is_hooked();
        match this.trailing.into_subject() {
            Some(subject) => {
                if is_unheard && !*this.refused {
                    let (event, origin) = (&subject.event, subject.call.origin());
                    this.registry
                        .core()
                        .unheard()
                        .tell(&Typed { event, origin });
                }
                (subject.event, told)
            }
            None => panic!("an emit was polled after it was ready"),
        }
    }
}

/// Logs what failed, if anything did.
#[inline]
fn log(failures: &mut Vec<Failure>) {
    #[cold]
    #[inline(never)]
    fn log(failures: &mut Vec<Failure>) {
        failures.drain(..).for_each(record::failure);
    }
    if !failures.is_empty() {
        log(failures);
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
