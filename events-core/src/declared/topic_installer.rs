//! Declared handlers of events of any type: how they get into a registry.

use std::{
    borrow::Cow,
    sync::{
        Arc, Weak,
        atomic::{AtomicBool, Ordering},
    },
};

use super::installer::{EventSelector, Installer};
use crate::{
    event::{AnyEvent, Family},
    handler::{DynTopicHandler, Run, Step},
    metadata::Pattern,
    plan::{EventType, HandlerKind, PatternEntry},
    subscribe::Closable,
};

/// A declared handler of events of any type, to be registered.
#[doc(hidden)]
pub struct AnyHandler {
    handler: Arc<dyn DynTopicHandler>,
    /// What closes it, when it belongs to a listener that is added by hand.
    door: Weak<dyn Closable>,
    number: u64,
}

/// What the attribute makes of a function.
struct DeclaredTopicHandler<H> {
    handler: H,
    closed: AtomicBool,
}

impl<H> DynTopicHandler for DeclaredTopicHandler<H>
where
    H: Fn(&dyn AnyEvent, &Run<'_>) -> Step + Send + Sync,
{
    fn call(&self, event: &dyn AnyEvent, run: &Run<'_>) -> Step {
        if self.closed.load(Ordering::Acquire) {
            return Step::Skipped;
        }
        (self.handler)(event, run)
    }
}

impl<H: Send + Sync> Closable for DeclaredTopicHandler<H> {
    fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }
}

impl Installer<'_> {
    /// Makes a handler of a function that takes `&dyn AnyEvent`.
    pub fn topic_handler<H>(&mut self, handler: H) -> AnyHandler
    where
        H: Fn(&dyn AnyEvent, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        let open = Arc::new(DeclaredTopicHandler {
            handler,
            closed: AtomicBool::new(false),
        });
        let door = Arc::downgrade(&open);
        AnyHandler {
            handler: open,
            door,
            number: self.number(),
        }
    }

    /// Registers it for the events of one type.
    pub fn subscribe_type<F: Family>(&mut self, topic_handler: &AnyHandler) {
        let event_type = EventType::of::<F>();
        let handler = HandlerKind::Sync((event_type.adapt)(&topic_handler.handler));
        self.add(
            event_type,
            handler,
            topic_handler.number,
            Some(Weak::clone(&topic_handler.door)),
        );
    }

    /// Registers it for the events whose topic its pattern matches.
    ///
    /// # Panics
    ///
    /// When that is no regular expression; the attribute has looked.
    pub fn subscribe_topic(&mut self, topic_handler: &AnyHandler) {
        let EventSelector::Topic(text) = self.subscriber.selector else {
            return;
        };
        let text = Cow::Borrowed(text);
        let pattern = match Pattern::new(text.clone()) {
            Ok(pattern) => pattern,
            Err(error) => panic!("{:?}: {error}", self.subscriber),
        };
        let rank = self.rank(topic_handler.number);
        let (position, subscriber) = self.describe(text.clone(), Some(text), rank);
        self.unsubscribes(
            None,
            topic_handler.number,
            Some(Weak::clone(&topic_handler.door)),
        );
        self.group.add_pattern(PatternEntry {
            number: topic_handler.number,
            declared: self.added.is_none(),
            position,
            subscriber,
            handler: Arc::clone(&topic_handler.handler),
            pattern,
        });
    }
}
