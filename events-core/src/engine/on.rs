//! The ways to subscribe at run time, as methods of the registry.

use std::panic::Location;

use super::{
    batch::Batch,
    registry::Registry,
    subscribe::{Afterwards, NewSubscription},
    subscription::Subscription,
};
use crate::{
    event::{Event, Family, OwnedEvent, Snapshot},
    handler::{AsyncCall, AsyncHandler, DeferredCall, DeferredHandler, Handler, Run, Step},
    words::Key,
};

impl Registry {
    /// Subscribes a function or closure that takes `&E` or `&mut E`; see [`Handler`].
    ///
    /// It runs from the next emit on. It takes no options, so that it cannot fail; with
    /// [`subscribe`](Self::subscribe) it takes some.
    ///
    /// # Panics
    ///
    /// When other subscribers are ordered around this very function in a circle.
    #[track_caller]
    pub fn on<E, M, H>(&self, handler: H) -> Subscription
    where
        E: OwnedEvent,
        H: Handler<E, M>,
    {
        self.subscribe(handler).infallibly()
    }

    /// A subscription with options; nothing happens before its `register()`.
    #[track_caller]
    pub fn subscribe<E, M, H>(&self, handler: H) -> NewSubscription<E>
    where
        E: OwnedEvent,
        H: Handler<E, M>,
    {
        NewSubscription::now(
            self.clone(),
            Location::caller().into(),
            Key::of::<H>(),
            H::CHANGES,
            move |event: &mut E, run: &Run<'_>| handler.call(event, run),
        )
    }

    /// Subscribes an async function, or a closure that gives a future; see [`AsyncHandler`].
    ///
    /// [`emit_async`](Event::emit_async) waits for it. A sync emit hands it a copy of the event
    /// through the queue, which somebody has to empty: see [`Queue`](crate::Queue).
    ///
    /// ```
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct SignedUp {
    ///     email: String,
    /// }
    ///
    /// async fn welcome(event: &SignedUp) -> Result<(), std::io::Error> {
    ///     println!("welcome, {}", event.email);
    ///     Ok(())
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on_async(welcome).detach();
    /// registry.emit(SignedUp { email: "a@x.org".into() });
    /// assert_eq!(registry.queue().flush().ran(), 1);
    /// ```
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_async<E, M: 'static, H>(&self, handler: H) -> Subscription
    where
        E: Snapshot,
        H: AsyncHandler<E, M>,
    {
        self.subscribe_async(handler).infallibly()
    }

    /// As [`on_async`](Self::on_async), with options.
    #[track_caller]
    pub fn subscribe_async<E, M: 'static, H>(&self, handler: H) -> NewSubscription<E, Afterwards>
    where
        E: Snapshot,
        H: AsyncHandler<E, M>,
    {
        let place = Location::caller().into();
        let new = NewSubscription::afterwards(
            self.clone(),
            place,
            Key::of::<H>(),
            AsyncCall::<H, M>::new(handler),
        );
        new.asynchronous()
    }

    /// Subscribes a sync function or closure that is called with a copy of the event, out of the
    /// queue; see [`DeferredHandler`].
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_deferred<E, M: 'static, H>(&self, handler: H) -> Subscription
    where
        E: Snapshot,
        H: DeferredHandler<E, M>,
    {
        self.subscribe_deferred(handler).infallibly()
    }

    /// As [`on_deferred`](Self::on_deferred), with options.
    #[track_caller]
    pub fn subscribe_deferred<E, M: 'static, H>(&self, handler: H) -> NewSubscription<E, Afterwards>
    where
        E: Snapshot,
        H: DeferredHandler<E, M>,
    {
        let place = Location::caller().into();
        let new = NewSubscription::afterwards(
            self.clone(),
            place,
            Key::of::<H>(),
            DeferredCall::<H, M>::new(handler),
        );
        new.deferred()
    }

    /// Subscriptions that are made together, and dropped together; see [`Batch`].
    pub fn batch(&self) -> Batch {
        Batch::new(self.clone())
    }

    /// Subscribes a closure to an event that borrows: `registry.on_borrowed::<Login>(|event| ..)`.
    ///
    /// The closure takes `&mut Login<'_>`, whatever the lifetime is.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_borrowed<E: Event>(
        &self,
        handler: impl Fn(&mut <E::Family as Family>::Of<'_>) + Send + Sync + 'static,
    ) -> Subscription {
        self.subscribe_borrowed::<E>(handler).infallibly()
    }

    /// As [`on_borrowed`](Self::on_borrowed), with options.
    #[track_caller]
    pub fn subscribe_borrowed<E: Event>(
        &self,
        handler: impl Fn(&mut <E::Family as Family>::Of<'_>) + Send + Sync + 'static,
    ) -> NewSubscription<E::Family> {
        NewSubscription::now(
            self.clone(),
            Location::caller().into(),
            Key::of_value(&handler),
            true,
            move |event: &mut <E::Family as Family>::Of<'_>, _: &Run<'_>| {
                handler(event);
                Step::Done
            },
        )
    }
}
