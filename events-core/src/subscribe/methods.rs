//! The ways to subscribe at run time, as methods of the registry.

use std::panic::Location;

use super::{
    batch::Batch,
    builder::{BackgroundKind, NewSubscription, PatternKind},
    subscription::Subscription,
};
use crate::{
    event::{Event, Family, OwnedEvent, Snapshot, TopicEvent},
    handler::{
        AsyncCall, AsyncHandler, DeferredCall, DeferredHandler, Handler, Run, Step, TopicHandler,
    },
    metadata::{Key, Pattern, PatternError},
    registry::Registry,
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
        self.subscribe(handler).register_or_panic()
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
        let place = Location::caller().into();
        let new = NewSubscription::background(
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
        let place = Location::caller().into();
        let new = NewSubscription::background(
            self.clone(),
            place,
            Key::of::<H>(),
            DeferredCall::<H, M>::new(handler),
        );
        new.deferred()
    }

    /// Subscribes a function or closure that takes `&dyn AnyEvent` to all events whose topic a pattern
    /// matches: a regular expression, of the whole topic.
    ///
    /// It is matched once for each event type, so an emit of a type that it does not match pays nothing
    /// for it. It stands in one order with those that subscribed to the type.
    ///
    /// ```
    /// use events_core::{AnyEvent, Event, Registry};
    ///
    /// #[derive(Event)]
    /// #[event(topic = "shop::orders::paid")]
    /// struct OrderPaid;
    ///
    /// let registry = Registry::new();
    /// let _audit = registry.on_topic("shop::(orders|returns)::.*", |event: &dyn AnyEvent| {
    ///     println!("{}", event.topic());
    /// })?;
    /// assert_eq!(registry.try_emit(OrderPaid).unwrap().ran(), 1);
    ///
    /// let error = registry.on_topic("shop::(orders", |_: &dyn AnyEvent| ()).unwrap_err();
    /// assert!(error.to_string().contains("unclosed group"));
    /// # Ok::<(), events_core::subscribing::PatternError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// When the pattern is no regular expression.
    ///
    /// # Panics
    ///
    /// As [`on`](Self::on).
    #[track_caller]
    pub fn on_topic<M: 'static, H: TopicHandler<M>>(
        &self,
        pattern: impl AsRef<str>,
        handler: H,
    ) -> Result<Subscription, PatternError> {
        let new = self.subscribe_topic(pattern, handler)?;
        Ok(new.register_or_panic())
    }

    /// As [`on_topic`](Self::on_topic), with options.
    ///
    /// # Errors
    ///
    /// When the pattern is no regular expression.
    #[track_caller]
    pub fn subscribe_topic<M: 'static, H: TopicHandler<M>>(
        &self,
        pattern: impl AsRef<str>,
        handler: H,
    ) -> Result<NewSubscription<TopicEvent<'static>, PatternKind>, PatternError> {
        let place = Location::caller().into();
        let pattern = Pattern::new(pattern.as_ref().to_owned().into())?;
        let name = Key::of::<H>();
        Ok(NewSubscription::by_topic(
            self.clone(),
            place,
            name,
            pattern,
            handler,
        ))
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
        self.subscribe_borrowed::<E>(handler).register_or_panic()
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
