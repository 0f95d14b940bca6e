//! The installer of declared handlers that take `&dyn AnyEvent`.
//!
//! One such handler may have several entries: one for each event type that the attribute lists, or
//! one for all topics that match its pattern.

use std::sync::{Arc, Weak};

use super::installer::Installer;
use crate::{
    event::{AnyEvent, Family},
    handler::{DynTopicHandler, EmitOrigin, Run, Step},
    plan::{Entry, EventType, HandlerKind, PatternEntry},
    primitives::CatchDrop,
    subscribe::{Closable, SubscribedTopicHandler, weak},
};

/// A declared handler that takes `&dyn AnyEvent` and is to be registered.
#[doc(hidden)]
pub struct AnyHandler {
    handler: Arc<dyn DynTopicHandler>,
    /// The handler as one that can be closed; used for listeners that are added at run time.
    closable: Weak<dyn Closable>,
    number: u64,
}

impl Installer<'_> {
    /// Creates a handler from a function that takes `&dyn AnyEvent`. The filter, if there is one, is
    /// evaluated once for each emit.
    pub fn topic_handler<H>(
        &mut self,
        filter: Option<impl Fn(&dyn AnyEvent, &EmitOrigin<'_>) -> bool + Send + Sync + 'static>,
        handler: H,
    ) -> AnyHandler
    where
        H: Fn(&dyn AnyEvent, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        let handler = Arc::new(SubscribedTopicHandler::new(filter, handler));
        let closable = weak(handler.clone());
        AnyHandler {
            handler,
            closable,
            number: self.number(),
        }
    }

    /// Registers the handler for the events of one type, unless it is registered for that: a list of types may name
    /// one by several aliases.
    pub fn subscribe_type<F: Family>(&mut self, topic_handler: &AnyHandler) {
        let event_type = EventType::of::<F>();
        let is_own = |entry: &CatchDrop<Entry>| entry.registration.number == topic_handler.number;
        if self.group.of(event_type).iter().any(is_own) {
            return;
        }
        let handler = HandlerKind::Sync((event_type.adapt)(&topic_handler.handler));
        self.add(
            event_type,
            handler,
            topic_handler.number,
            Some(Weak::clone(&topic_handler.closable)),
        );
    }

    /// Registers the handler for the events whose topic matches the subscriber's pattern.
    pub fn subscribe_topic(&mut self, topic_handler: &AnyHandler) {
        let Some(pattern) = self.pattern.take() else {
            return; // it has none, or it could not be compiled
        };
        let text = pattern.text().clone();
        let registration = self.registration(topic_handler.number, text.clone(), Some(text));
        self.add_part(
            None,
            topic_handler.number,
            Some(Weak::clone(&topic_handler.closable)),
        );
        self.group.add_pattern(PatternEntry {
            registration,
            handler: Arc::clone(&topic_handler.handler),
            pattern,
        });
    }
}
