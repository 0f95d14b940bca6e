//! The methods of the registry that subscribe to topics by a pattern.

use std::panic::Location;

use super::{
    builder::{NewSubscription, PatternKind},
    subscription::Subscription,
};
use crate::{
    event::TopicEvent,
    handler::TopicHandler,
    metadata::{IntoPattern, Key, PatternError},
    registry::Registry,
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
        Ok(NewSubscription::pattern(
            self.clone(),
            location,
            name,
            pattern,
            handler,
        ))
    }
}
