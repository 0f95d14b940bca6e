//! The methods of the registry that subscribe to topics by a pattern.

use std::panic::Location;

use crate::{
    context::Subscribed,
    event::{AnyEvent, Snapshot, TopicEvent, register_clone_fn},
    handler::{
        AsyncTopicCall, AsyncTopicHandler, DeferredTopicCall, DeferredTopicHandler, Run,
        TopicHandler,
    },
    metadata::{IntoPattern, Key, PatternError},
    registry::Registry,
    subscribe::{
        builder::NewSubscription,
        kinds::{BackgroundPatternKind, PatternKind},
        subscription::Subscription,
    },
};

impl Registry {
    /// Subscribes a function or closure that takes `&dyn AnyEvent` to all events whose topic
    /// matches a pattern: a regular expression that must match the whole topic, or
    /// [`Pattern::exact`](crate::subscribing::Pattern::exact) with one topic.
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
    #[doc(alias = "wildcard")]
    #[track_caller]
    pub fn on_topic<M: 'static, H: TopicHandler<M>>(
        &self,
        pattern: impl IntoPattern,
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
        pattern: impl IntoPattern,
        handler: H,
    ) -> Result<NewSubscription<TopicEvent, PatternKind>, PatternError> {
        let location = Location::caller().into();
        let pattern = pattern.into_pattern()?;
        let name = Key::of::<H>();
        let (handler, own) = Subscribed::new(handler, H::TAKES_EMISSION);
        let new = NewSubscription::pattern_run(
            self.clone(),
            location,
            name,
            pattern,
            move |event: &dyn AnyEvent, run: &Run<'_>| H::call(&handler, event, run),
        );
        Ok(new.owning(own))
    }

    /// Subscribes an async function, or a closure that returns a future, to all events whose topic matches a pattern, as
    /// [`on_topic`](Self::on_topic) does. It takes an [`EventCopy`](crate::EventCopy); see [`AsyncTopicHandler`].
    ///
    /// [`emit_async`](crate::Event::emit_async) waits for it. A sync emit enqueues the copy for it, so the queue needs a
    /// worker or a flush: see [`Queue`](crate::Queue). An event that cannot be copied does not reach it, which is a
    /// failure, [`Cause::NoCopy`](crate::failures::Cause::NoCopy). When the future of the emit is dropped while the handler
    /// waits, the handler is dropped there.
    ///
    /// ```
    /// use events_core::{Event, EventCopy, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// #[event(topic = "shop::orders::returned")]
    /// struct OrderReturned {
    ///     number: u32,
    /// }
    ///
    /// async fn export(event: &EventCopy) -> Result<(), std::io::Error> {
    ///     println!("{} {:?}", event.topic(), event.arg::<u32>("number"));
    ///     Ok(()) // sends it to another service
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on_topic_async("shop::.*", export)?.detach();
    /// registry.emit(OrderReturned { number: 7 });
    /// assert_eq!(registry.queue().flush().ran(), 1);
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
    pub fn on_topic_async<M: 'static, H: AsyncTopicHandler<M>>(
        &self,
        pattern: impl IntoPattern,
        handler: H,
    ) -> Result<Subscription, PatternError> {
        let new = self.subscribe_topic_async(pattern, handler)?;
        Ok(new.register_or_panic())
    }

    /// As [`on_topic_async`](Self::on_topic_async), with options.
    ///
    /// # Errors
    ///
    /// When the pattern is no valid regular expression.
    #[track_caller]
    pub fn subscribe_topic_async<M: 'static, H: AsyncTopicHandler<M>>(
        &self,
        pattern: impl IntoPattern,
        handler: H,
    ) -> Result<NewSubscription<TopicEvent, BackgroundPatternKind>, PatternError> {
        let (handler, own) = Subscribed::new(handler, H::TAKES_EMISSION);
        let location = Location::caller().into();
        let new = NewSubscription::background_pattern(
            self.clone(),
            location,
            Key::of::<H>(),
            pattern.into_pattern()?,
            AsyncTopicCall::<H, M>::new(handler),
        );
        Ok(new.asynchronous().owning(own))
    }

    /// Subscribes a sync function or closure to all events whose topic matches a pattern, as
    /// [`on_topic`](Self::on_topic) does, that runs from the queue. It takes an [`EventCopy`](crate::EventCopy); see
    /// [`DeferredTopicHandler`].
    ///
    /// An event that cannot be copied does not reach it, which is a failure,
    /// [`Cause::NoCopy`](crate::failures::Cause::NoCopy).
    ///
    /// ```
    /// use events_core::{Event, EventCopy, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// #[event(topic = "shop::orders::lost")]
    /// struct OrderLost;
    ///
    /// let registry = Registry::new();
    /// let _audit = registry.on_topic_deferred("shop::.*", |event: &EventCopy| println!("{event:?}"))?;
    /// let emitted = registry.try_emit(OrderLost).expect("the event is copied");
    /// assert_eq!(emitted.deferred(), 1);
    /// assert_eq!(registry.queue().flush().ran(), 1);
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
    pub fn on_topic_deferred<M: 'static, H: DeferredTopicHandler<M>>(
        &self,
        pattern: impl IntoPattern,
        handler: H,
    ) -> Result<Subscription, PatternError> {
        let new = self.subscribe_topic_deferred(pattern, handler)?;
        Ok(new.register_or_panic())
    }

    /// As [`on_topic_deferred`](Self::on_topic_deferred), with options.
    ///
    /// # Errors
    ///
    /// When the pattern is no valid regular expression.
    #[track_caller]
    pub fn subscribe_topic_deferred<M: 'static, H: DeferredTopicHandler<M>>(
        &self,
        pattern: impl IntoPattern,
        handler: H,
    ) -> Result<NewSubscription<TopicEvent, BackgroundPatternKind>, PatternError> {
        let (handler, own) = Subscribed::new(handler, H::TAKES_EMISSION);
        let location = Location::caller().into();
        let new = NewSubscription::background_pattern(
            self.clone(),
            location,
            Key::of::<H>(),
            pattern.into_pattern()?,
            DeferredTopicCall::<H, M>::new(handler),
        );
        Ok(new.deferred().owning(own))
    }
}

/// Registers how events of this type are copied, for async and deferred subscribers of patterns and of several event types,
/// which take an [`EventCopy`](crate::EventCopy).
///
/// Only a generic event of another crate needs this, such as those of [`auth`](crate::auth): the derive cannot find out
/// whether a generic event can be copied. An event of the own crate has the option `#[event(clone)]`, and the six events of
/// a model are registered by [`register_copies`](crate::record::register_copies). Repeated calls have no effect.
///
/// ```
/// use events_core::{EventCopy, Registry, auth::UserRegistered, subscribing::register_copy};
///
/// #[derive(Clone, Debug)]
/// struct User {
///     email: &'static str,
/// }
///
/// register_copy::<UserRegistered<User>>(); // first in `main`
///
/// let registry = Registry::new();
/// registry.on_topic_deferred("user_.*", |event: &EventCopy| println!("{}", event.topic()))?.detach();
/// registry.emit(UserRegistered { user: User { email: "ada@example.org" } });
/// assert_eq!(registry.queue().flush().ran(), 1);
/// # Ok::<(), events_core::subscribing::PatternError>(())
/// ```
pub fn register_copy<E: Snapshot>() {
    register_clone_fn::<E>();
}
