//! The methods of the registry that subscribe at run time.

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

    /// Subscribes a function or closure that takes `&dyn AnyEvent` to all events whose topic
    /// matches a pattern: a regular expression that must match the whole topic.
    ///
    /// The pattern is matched once for each event type, so emits of types that do not match cost
    /// nothing more. The handler is ordered together with the other subscribers of the type.
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
    /// When the pattern is no valid regular expression.
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
    /// When the pattern is no valid regular expression.
    #[track_caller]
    pub fn subscribe_topic<M: 'static, H: TopicHandler<M>>(
        &self,
        pattern: impl AsRef<str>,
        handler: H,
    ) -> Result<NewSubscription<TopicEvent<'static>, PatternKind>, PatternError> {
        let location = Location::caller().into();
        let pattern = Pattern::new(pattern.as_ref().to_owned().into())?;
        let name = Key::of::<H>();
        Ok(NewSubscription::pattern(
            self.clone(),
            location,
            name,
            pattern,
            handler,
        ))
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
