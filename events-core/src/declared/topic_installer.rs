//! The installer of declared handlers that take `&dyn AnyEvent` or `&EventCopy`.
//!
//! One such handler may have several entries: one for each event type that the attribute lists, or
//! one for all topics that match its pattern.

use std::sync::{Arc, Weak};

use super::installer::Installer;
use crate::{
    event::{AnyEvent, EventCopy, Family, Snapshot, register_clone_fn},
    handler::{Background, EmitOrigin, Run, Step},
    plan::{AnyEventHandler, Entry, EventType, PatternEntry},
    primitives::CatchDrop,
    subscribe::{Closable, SubscribedTopicHandler, copy_handler, weak},
};

/// A declared handler that takes `&dyn AnyEvent` or `&EventCopy` and is to be registered.
#[doc(hidden)]
pub struct AnyHandler {
    handler: AnyEventHandler,
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
            handler: AnyEventHandler::Sync(handler),
            closable,
            number: self.number(),
        }
    }

    /// Creates a background handler from one that takes an `EventCopy`. The filter, if there is one, is evaluated once
    /// for each emit, before the event is copied.
    pub fn copy_handler(
        &mut self,
        filter: Option<impl Fn(&dyn AnyEvent, &EmitOrigin<'_>) -> bool + Send + Sync + 'static>,
        handler: impl Background<EventCopy>,
    ) -> AnyHandler {
        let (handler, closable) = copy_handler(filter, handler);
        AnyHandler {
            handler,
            closable,
            number: self.number(),
        }
    }

    /// Registers a background handler for the events of one type, as [`subscribe_type`](Self::subscribe_type) does.
    pub fn subscribe_copied<E: Snapshot>(&mut self, topic_handler: &AnyHandler) {
        register_clone_fn::<E>();
        self.subscribe_type::<E>(topic_handler);
    }

    /// Registers the handler for the events of one type, unless it is registered for that: a list of types may name
    /// one by several aliases.
    pub fn subscribe_type<F: Family>(&mut self, topic_handler: &AnyHandler) {
        let event_type = EventType::of::<F>();
        let is_own = |entry: &CatchDrop<Entry>| entry.registration.number == topic_handler.number;
        if self.group.of(event_type).iter().any(is_own) {
            return;
        }
        let handler = topic_handler.handler.adapt(event_type);
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
            handler: topic_handler.handler.clone(),
            pattern,
        });
    }
}
