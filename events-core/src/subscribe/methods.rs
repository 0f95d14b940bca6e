//! The methods of the registry that subscribe at run time; those with a topic pattern are in
//! `topic_methods`.

use std::panic::Location;

use super::{
    batch::Batch,
    builder::{BackgroundKind, NewSubscription},
    subscription::Subscription,
};
use crate::{
    event::{Event, Family, OwnedEvent, Snapshot},
    handler::{AsyncCall, AsyncHandler, DeferredCall, DeferredHandler, Handler, Run, Step},
    metadata::Key,
    registry::Registry,
};

impl Registry {
    /// Subscribes a function or closure that takes `&E` or `&mut E`; see [`Handler`].
    ///
    /// The next emit calls it. It has no options, so registering it returns no error;
    /// [`subscribe`](Self::subscribe) has options.
    ///
    /// # Panics
    ///
    /// When `before` and `after` of other subscribers that name this function contradict each
    /// other.
    #[track_caller]
    pub fn on<E, M, H>(&self, handler: H) -> Subscription
    where
        E: OwnedEvent,
        H: Handler<E, M>,
    {
        self.subscribe(handler).register_or_panic()
    }

    /// As [`on`](Self::on), with options; nothing is subscribed before `register()`.
    #[track_caller]
    pub fn subscribe<E, M, H>(&self, handler: H) -> NewSubscription<E>
    where
        E: OwnedEvent,
        H: Handler<E, M>,
    {
        NewSubscription::sync(
            self.clone(),
            Location::caller().into(),
            Key::of::<H>(),
            H::CHANGES,
            move |event: &mut E, run: &Run<'_>| handler.call(event, run),
        )
    }

    /// Subscribes an async function, or a closure that returns a future; see [`AsyncHandler`].
    ///
    /// [`emit_async`](Event::emit_async) waits for it. A sync emit enqueues a clone of the event
    /// for it, so the queue needs a worker or a flush: see [`Queue`](crate::Queue).
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
        self.subscribe_async(handler).register_or_panic()
    }

    /// As [`on_async`](Self::on_async), with options.
    #[track_caller]
    pub fn subscribe_async<E, M: 'static, H>(
        &self,
        handler: H,
    ) -> NewSubscription<E, BackgroundKind>
    where
        E: Snapshot,
        H: AsyncHandler<E, M>,
    {
        let location = Location::caller().into();
        let new = NewSubscription::background(
            self.clone(),
            location,
            Key::of::<H>(),
            AsyncCall::<H, M>::new(handler),
        );
        new.asynchronous()
    }

    /// Subscribes a sync function or closure that runs from the queue, with a clone of the event;
    /// see [`DeferredHandler`].
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
        self.subscribe_deferred(handler).register_or_panic()
    }

    /// As [`on_deferred`](Self::on_deferred), with options.
    #[track_caller]
    pub fn subscribe_deferred<E, M: 'static, H>(
        &self,
        handler: H,
    ) -> NewSubscription<E, BackgroundKind>
    where
        E: Snapshot,
        H: DeferredHandler<E, M>,
    {
        let location = Location::caller().into();
        let new = NewSubscription::background(
            self.clone(),
            location,
            Key::of::<H>(),
            DeferredCall::<H, M>::new(handler),
        );
        new.deferred()
    }

    /// Subscriptions that are registered together and dropped together; see [`Batch`].
    pub fn batch(&self) -> Batch {
        Batch::new(self.clone())
    }

    /// Subscribes a closure to an event that borrows: `registry.on_borrowed::<Login>(|event| ..)`.
    ///
    /// The closure takes `&mut Login<'_>` with any lifetime.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_borrowed<E: Event>(
        &self,
        handler: impl Fn(&mut <E::Family as Family>::Of<'_>) + Send + Sync + 'static,
    ) -> Subscription {
        self.subscribe_borrowed::<E>(handler).register_or_panic()
    }

    /// As [`on_borrowed`](Self::on_borrowed), with options.
    #[track_caller]
    pub fn subscribe_borrowed<E: Event>(
        &self,
        handler: impl Fn(&mut <E::Family as Family>::Of<'_>) + Send + Sync + 'static,
    ) -> NewSubscription<E::Family> {
        NewSubscription::sync(
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
