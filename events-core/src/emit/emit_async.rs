//! Async emits: a future that runs the sync subscribers and then the async ones, on the caller's task.
//!
//! The future holds the state of the emission, with the event; `async_emission` runs it. The documentation
//! of this folder describes what a future that is dropped before it is ready leaves behind.

use std::{
    fmt,
    future::Future,
    panic::Location,
    pin::Pin,
    task::{Context, Poll},
};

use super::{async_emission::AsyncEmission, context::CallSite};
use crate::{
    event::Event,
    metadata::{IntoKey, Origin},
    plan::SubscriberId,
    registry::{Registry, is_scoped},
    result::{EmitError, Emitted, Outcomes},
};

pin_project_lite::pin_project! {
    /// The future of [`emit_async`](crate::Event::emit_async); its output is the event.
    ///
    /// Nothing happens before the first poll. That runs the sync and awaited subscribers in order, up to the first awaited one
    /// that is pending. When the last of them has ended, the async ones start, which run concurrently on the polling task. No
    /// runtime is needed, and nothing is allocated for subscribers that are ready at once.
    ///
    /// # Cancellation
    ///
    /// Dropping the future drops the event and the subscribers that have not ended. While an awaited subscriber
    /// waits, no subscriber behind it is reached. After that, deferred subscribers still run, unless they are
    /// ordered `after` an async one, directly or through other subscribers: the drop queues those that are not in the
    /// queue yet. A record at `warn` names the subscribers that are cut off and those that are not reached; the failures so
    /// far are logged. With the cargo feature `tokio`, `spawn_tokio` completes the emit on a task of its own.
    ///
    /// ```
    /// use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
    /// use events_core::{Event, Registry, emitting::EmitAsync};
    ///
    /// #[derive(Event, Clone)]
    /// struct Saved(&'static str);
    ///
    /// /// The caller decides when to wait.
    /// fn save(registry: &Registry, path: &'static str) -> EmitAsync<Saved> {
    ///     registry.emit_async(Saved(path))
    /// }
    ///
    /// static CALLS: AtomicU32 = AtomicU32::new(0);
    /// let registry = Registry::new();
    /// registry.on(|_: &Saved| { CALLS.fetch_add(1, Relaxed); }).detach();
    ///
    /// drop(save(&registry, "draft")); // never polled, so no subscriber runs
    /// assert_eq!(CALLS.load(Relaxed), 0);
    ///
    /// let saved = smol::block_on(save(&registry, "notes"));
    /// assert_eq!((saved.0, CALLS.load(Relaxed)), ("notes", 1));
    /// ```
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct EmitAsync<E: Event> {
        #[pin]
        emission: AsyncEmission<E>,
    }
}

pin_project_lite::pin_project! {
    /// The future of [`try_emit_async`](crate::Event::try_emit_async); its output is the event with the
    /// result of the emit. See [`EmitAsync`].
    ///
    /// ```
    /// use events_core::{Event, Registry, emitting::TryEmitAsync};
    ///
    /// #[derive(Event, Clone)]
    /// struct OrderPlaced {
    ///     cents: u64,
    /// }
    ///
    /// async fn charge(order: &OrderPlaced) -> Result<(), &'static str> {
    ///     if order.cents > 10_000 { Err("card refused") } else { Ok(()) }
    /// }
    ///
    /// fn place(registry: &Registry, cents: u64) -> TryEmitAsync<OrderPlaced> {
    ///     registry.try_emit_async(OrderPlaced { cents })
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on_async(charge).detach();
    ///
    /// let emitted = smol::block_on(place(&registry, 995)).expect("the card is charged");
    /// assert_eq!((emitted.ran(), emitted.cents), (1, 995));
    /// let error = smol::block_on(place(&registry, 20_000)).unwrap_err();
    /// assert_eq!(error.failures()[0].error().unwrap().to_string(), "card refused");
    /// ```
    ///
    /// # Panics
    ///
    /// When it is polled after it was ready.
    #[must_use = "futures do nothing unless awaited"]
    pub struct TryEmitAsync<E: Event> {
        #[pin]
        emission: AsyncEmission<E>,
        outcomes: Outcomes,
    }
}

impl Registry {
    /// Runs the sync subscribers and then the async ones; see [`Event::emit_async`].
    #[inline]
    #[track_caller]
    pub fn emit_async<E: Event>(&self, event: E) -> EmitAsync<E> {
        EmitAsync::new(self.clone(), is_scoped(), event, None, Location::caller())
    }

    /// [`emit_async`](Self::emit_async) with an origin.
    #[track_caller]
    pub fn emit_async_from<E: Event, M>(&self, event: E, origin: impl IntoKey<M>) -> EmitAsync<E> {
        EmitAsync::new(
            self.clone(),
            is_scoped(),
            event,
            Some(origin.into_key().into()),
            Location::caller(),
        )
    }

    /// [`emit_async`](Self::emit_async), which also returns the result of the emit; see
    /// [`Event::try_emit_async`].
    #[track_caller]
    pub fn try_emit_async<E: Event>(&self, event: E) -> TryEmitAsync<E> {
        TryEmitAsync::new(self.clone(), is_scoped(), event, None, Location::caller())
    }

    /// [`try_emit_async`](Self::try_emit_async) with an origin.
    #[track_caller]
    pub fn try_emit_async_from<E: Event, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> TryEmitAsync<E> {
        TryEmitAsync::new(
            self.clone(),
            is_scoped(),
            event,
            Some(origin.into_key().into()),
            Location::caller(),
        )
    }
}

impl<E: Event> EmitAsync<E> {
    #[cfg(feature = "tokio")]
    pub(crate) fn registry(&self) -> &Registry {
        self.emission.registry()
    }

    #[inline]
    pub(crate) fn new(
        registry: Registry,
        is_scoped: bool,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            emission: AsyncEmission::new(registry, is_scoped, event, origin, site),
        }
    }
}

impl<E: Event> TryEmitAsync<E> {
    /// The same for one durable subscriber, which is the only one that is called.
    pub(super) fn for_durable(self, number: SubscriberId) -> Self {
        let emission = self.emission.for_durable(number);
        Self { emission, ..self }
    }

    #[cfg(feature = "tokio")]
    pub(crate) fn registry(&self) -> &Registry {
        self.emission.registry()
    }

    pub(crate) fn new(
        registry: Registry,
        is_scoped: bool,
        event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            emission: AsyncEmission::new(registry, is_scoped, event, origin, site),
            outcomes: Outcomes::OF_ASYNC_EMIT,
        }
    }
}

impl<E: Event> Future for EmitAsync<E> {
    type Output = E;

    #[inline]
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<E> {
        self.project().emission.poll_event(context.waker())
    }
}

impl<E: Event> Future for TryEmitAsync<E> {
    type Output = Result<Emitted<E>, EmitError<E>>;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.emission.poll_result(context.waker(), this.outcomes)
    }
}

impl<E: Event> fmt::Debug for EmitAsync<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EmitAsync").finish_non_exhaustive()
    }
}

impl<E: Event> fmt::Debug for TryEmitAsync<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TryEmitAsync").finish_non_exhaustive()
    }
}
