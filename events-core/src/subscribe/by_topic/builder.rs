//! The builder of a subscription to a pattern of topics: its two kinds, and their options.

use std::sync::{Arc, Weak};

use crate::{
    background::{FilteredCopyHandler, OnceHandler, PolicyHandler},
    event::{AnyEvent, EventCopy, TopicEvent},
    handler::{Background, EmitOrigin, Run, Step},
    metadata::{Key, Location, Pattern},
    plan::AnyEventHandler,
    primitives::CatchDrop,
    registry::Registry,
    subscribe::{
        builder::{HandlerFactory, NewSubscription, PatternFactory},
        filter::{AnyCondition, Filters, with_claim},
        filtered_handlers::{Policies, SubscribedTopicHandler, key_of},
        kinds::{BackgroundPatternKind, PatternKind},
        options::JOIN,
        subscription::{Closable, weak},
    },
};

impl NewSubscription<TopicEvent, PatternKind> {
    /// A subscription to every event whose topic matches the pattern.
    pub(crate) fn pattern_run<H>(
        registry: Registry,
        location: Location,
        name: Key,
        pattern: Pattern,
        handler: H,
    ) -> Self
    where
        H: Fn(&dyn AnyEvent, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        let factory = |filters: Option<Filters<AnyCondition>>, _| {
            let filter = filters.map(|filters| {
                move |event: &dyn AnyEvent, origin: &EmitOrigin<'_>| {
                    filters.pass(origin, |when| when(event))
                }
            });
            let handler = Arc::new(SubscribedTopicHandler::new(filter, handler));
            let closable = weak(handler.clone());
            (AnyEventHandler::Sync(handler), closable)
        };
        Self::by_pattern(registry, location, name, pattern, Box::new(factory))
    }
}

impl NewSubscription<TopicEvent, BackgroundPatternKind> {
    /// A subscription of a background handler to every event whose topic matches the pattern.
    pub(crate) fn background_pattern(
        registry: Registry,
        location: Location,
        name: Key,
        pattern: Pattern,
        handler: impl Background<EventCopy>,
    ) -> Self {
        let factory = |filters: Option<Filters<AnyCondition>>, policies| {
            let (filters, claim) = with_claim(filters);
            let filter = filters.map(|filters: Arc<Filters<AnyCondition>>| {
                move |event: &dyn AnyEvent, origin: &EmitOrigin<'_>| {
                    filters.test(origin, |when| when(event))
                }
            });
            match claim {
                None => copy_handler_with_policies(filter, handler, policies),
                Some(claim) => {
                    copy_handler_with_policies(filter, OnceHandler::new(claim, handler), policies)
                }
            }
        };
        Self::by_pattern(registry, location, name, pattern, Box::new(factory))
    }

    /// Marks the handler as async: `emit_async` waits for it, and a sync emit enqueues it.
    pub(crate) fn asynchronous(mut self) -> Self {
        self.subscriber.asynchronous = true;
        self
    }
}

impl<T> NewSubscription<TopicEvent, T> {
    fn by_pattern(
        registry: Registry,
        location: Location,
        name: Key,
        pattern: Pattern,
        factory: Box<PatternFactory>,
    ) -> Self {
        let text = pattern.text().clone();
        let factory = HandlerFactory::Pattern(pattern, factory);
        let mut new = Self::new(registry, location, name, factory);
        new.subscriber.topic = text.clone();
        new.subscriber.pattern = Some(text);
        new
    }
}

impl NewSubscription<TopicEvent, PatternKind> {
    /// Calls the handler only for events for which the condition is true. The condition is
    /// evaluated when the order reaches the handler. A panic in it counts as a failure of the
    /// subscriber.
    ///
    /// # Panics
    ///
    /// When a condition is set already.
    #[track_caller]
    pub fn when(mut self, when: impl Fn(&dyn AnyEvent) -> bool + Send + Sync + 'static) -> Self {
        self.set("a condition", JOIN);
        self.when_any = Some(CatchDrop::new(Box::new(when)));
        self
    }
}

impl NewSubscription<TopicEvent, BackgroundPatternKind> {
    /// Calls the handler only for events for which the condition is true. The condition is evaluated once for each emit,
    /// before the event is copied. A panic in it counts as a failure of the subscriber.
    ///
    /// # Panics
    ///
    /// When a condition is set already.
    #[track_caller]
    pub fn when(mut self, when: impl Fn(&dyn AnyEvent) -> bool + Send + Sync + 'static) -> Self {
        self.set("a condition", JOIN);
        self.when_any = Some(CatchDrop::new(Box::new(when)));
        self
    }
}

/// A background handler of events of any type with its filter and its policies, and the reference through which its guard
/// closes it.
fn copy_handler_with_policies<C, H>(
    filter: Option<C>,
    handler: H,
    policies: Policies,
) -> (AnyEventHandler, Weak<dyn Closable>)
where
    C: Fn(&dyn AnyEvent, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Background<EventCopy>,
{
    match policies {
        None => copy_handler(filter, handler),
        Some((state, key)) => copy_handler(filter, PolicyHandler::new(state, key_of(key), handler)),
    }
}

/// A background handler of events of any type with its filter, and the reference through which its guard closes it.
pub(crate) fn copy_handler<C, H>(
    filter: Option<C>,
    handler: H,
) -> (AnyEventHandler, Weak<dyn Closable>)
where
    C: Fn(&dyn AnyEvent, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Background<EventCopy>,
{
    let handler = Arc::new(FilteredCopyHandler::new(filter, handler));
    let closable = weak(handler.clone());
    (AnyEventHandler::Background(handler), closable)
}
