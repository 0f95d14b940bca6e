//! The methods of [`Registry`] that emit and enqueue events.

use std::panic::Location;

use super::{
    context::CallSite,
    emit_async::{EmitAsync, TryEmitAsync},
    emit_sync::TryEmitResult,
};
use crate::{
    event::{Args, Event, Family, OwnedEvent, Visit},
    metadata::{IntoKey, Origin},
    registry::{Core, Registry},
    result::{EmitError, Emitted, QueueFull},
};

impl Registry {
    /// Runs the subscribers of this registry and returns the event; see [`Event::emit`].
    ///
    /// This registry does not become the current one meanwhile: what its subscribers emit with
    /// `event.emit()` goes to the registry that is current on this thread. To emit nested events to this
    /// registry as well, [`enter`](Self::enter) it and use `event.emit()`.
    #[inline]
    #[track_caller]
    pub fn emit<E: Event>(&self, mut event: E) -> E {
        self.emit_mut(&mut event);
        event
    }

    /// [`emit`](Self::emit) without moving a large event.
    #[inline]
    #[track_caller]
    pub fn emit_mut<E: Event>(&self, event: &mut E) {
        event.__lend(EmitVisitor(self.core(), None, Location::caller()));
    }

    /// [`emit`](Self::emit) with an origin; see [`Event::emit_from`].
    #[inline]
    #[track_caller]
    pub fn emit_from<E: Event, M>(&self, mut event: E, origin: impl IntoKey<M>) -> E {
        let origin = origin.into_key().into();
        event.__lend(EmitVisitor(self.core(), Some(&origin), Location::caller()));
        event
    }

    /// Runs the subscribers and returns the event with the result of the emit; see [`Event::try_emit`].
    ///
    /// # Errors
    ///
    /// When a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit<E: Event>(&self, event: E) -> Result<Emitted<E>, EmitError<E>> {
        self.try_emit_with(event, None)
    }

    /// [`try_emit`](Self::try_emit) with an origin.
    ///
    /// # Errors
    ///
    /// As `try_emit`.
    #[track_caller]
    pub fn try_emit_from<E: Event, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> Result<Emitted<E>, EmitError<E>> {
        self.try_emit_with(event, Some(&origin.into_key().into()))
    }

    #[track_caller]
    pub(crate) fn try_emit_with<E: Event>(
        &self,
        mut event: E,
        origin: Option<&Origin>,
    ) -> Result<Emitted<E>, EmitError<E>> {
        event
            .__lend(TryEmitVisitor(self.core(), origin, Location::caller()))
            .with_event(event)
    }

    /// Runs the sync subscribers and then the async ones; see [`Event::emit_async`].
    #[inline]
    #[track_caller]
    pub fn emit_async<E: Event>(&self, event: E) -> EmitAsync<E> {
        EmitAsync::new(self.clone(), event, None, Location::caller())
    }

    /// [`emit_async`](Self::emit_async) with an origin.
    #[track_caller]
    pub fn emit_async_from<E: Event, M>(&self, event: E, origin: impl IntoKey<M>) -> EmitAsync<E> {
        EmitAsync::new(
            self.clone(),
            event,
            Some(origin.into_key().into()),
            Location::caller(),
        )
    }

    /// [`emit_async`](Self::emit_async), which also returns the result of the emit; see
    /// [`Event::try_emit_async`].
    #[track_caller]
    pub fn try_emit_async<E: Event>(&self, event: E) -> TryEmitAsync<E> {
        TryEmitAsync::new(self.clone(), event, None, Location::caller())
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
            event,
            Some(origin.into_key().into()),
            Location::caller(),
        )
    }

    /// Emits an event without a type: the pattern subscribers that match the topic receive it, and read
    /// its arguments by name and type. Returns the arguments.
    ///
    /// The subscribers of about a thousand topics are cached; any number of further topics cost time,
    /// and no memory.
    ///
    /// ```
    /// use events_core::{AnyEvent, Registry, args};
    ///
    /// let registry = Registry::new();
    /// let _mail = registry.on_topic("user::.*", |event: &dyn AnyEvent| {
    ///     assert_eq!(event.arg::<&str>("mode"), Some(&"signin"));
    ///     assert_eq!(event.arg::<u32>("user"), Some(&7));
    /// })?;
    /// registry.emit_topic("user::logged_in", args! { user: 7_u32, mode: "signin" });
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    #[track_caller]
    pub fn emit_topic(&self, topic: impl AsRef<str>, args: Args) -> Args {
        let site = Location::caller();
        self.core().emit_topic(topic.as_ref(), &args, None, site);
        args
    }

    /// [`emit_topic`](Self::emit_topic) with an origin.
    #[track_caller]
    pub fn emit_topic_from<M>(
        &self,
        topic: impl AsRef<str>,
        args: Args,
        origin: impl IntoKey<M>,
    ) -> Args {
        let origin = origin.into_key().into();
        let site = Location::caller();
        self.core()
            .emit_topic(topic.as_ref(), &args, Some(&origin), site);
        args
    }

    /// [`emit_topic`](Self::emit_topic), which also returns the result of the emit.
    ///
    /// # Errors
    ///
    /// When a subscriber failed, or when the emit was refused as nested too deep.
    #[track_caller]
    pub fn try_emit_topic(
        &self,
        topic: impl AsRef<str>,
        args: Args,
    ) -> Result<Emitted<Args>, EmitError<Args>> {
        let site = Location::caller();
        self.core().try_emit_topic(topic.as_ref(), args, None, site)
    }

    /// Puts the event into this registry's queue, and returns at once; see [`Event::enqueue`].
    ///
    /// # Errors
    ///
    /// When the queue is full or shut down; the event is in the error.
    #[inline]
    #[track_caller]
    pub fn enqueue<E: OwnedEvent + Send>(&self, event: E) -> Result<(), QueueFull<E>> {
        self.core().enqueue(event, None, Location::caller())
    }

    /// [`enqueue`](Self::enqueue) with an origin.
    ///
    /// # Errors
    ///
    /// As `enqueue`.
    #[track_caller]
    pub fn enqueue_from<E: OwnedEvent + Send, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> Result<(), QueueFull<E>> {
        let origin = Some(origin.into_key().into());
        self.core().enqueue(event, origin, Location::caller())
    }
}

/// Emits the event of any lifetime that it is called with.
struct EmitVisitor<'a>(&'a Core, Option<&'a Origin>, CallSite);

impl<F: Family> Visit<F> for EmitVisitor<'_> {
    type Output = ();

    #[inline]
    fn visit(self, event: &mut F::Of<'_>) {
        self.0.emit::<F>(event, self.1, self.2);
    }
}

/// As [`EmitVisitor`], and returns the result.
struct TryEmitVisitor<'a>(&'a Core, Option<&'a Origin>, CallSite);

impl<F: Family> Visit<F> for TryEmitVisitor<'_> {
    type Output = TryEmitResult;

    fn visit(self, event: &mut F::Of<'_>) -> TryEmitResult {
        self.0.try_emit::<F>(event, self.1, self.2)
    }
}
