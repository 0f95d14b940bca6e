//! A pattern subscriber: it is subscribed to a pattern of topics instead of an event type.

use std::{borrow::Cow, sync::Arc};

use super::{
    entry::{Entry, Registration},
    event_plan::HandlerKind,
    slot_table::EventType,
};
use crate::{background::BackgroundHandler, handler::DynTopicHandler, metadata::Pattern};

/// A handler of events of any type.
#[derive(Clone)]
pub(crate) enum AnyEventHandler {
    Sync(Arc<dyn DynTopicHandler>),
    Background(Arc<dyn BackgroundHandler>),
}

impl AnyEventHandler {
    /// The handler as one of the events of this type.
    pub(crate) fn adapt(&self, event_type: EventType) -> HandlerKind {
        match self {
            Self::Sync(handler) => HandlerKind::Sync((event_type.adapt)(handler)),
            Self::Background(handler) => {
                HandlerKind::Background(Arc::clone(handler), Some(event_type.view))
            }
        }
    }
}

/// A pattern subscriber. It has an entry in the slot of each event type whose topic matches.
#[derive(Clone)]
pub(crate) struct PatternEntry {
    /// The registration that all its entries share, but for the topic in the description.
    pub(crate) registration: Registration,
    pub(crate) handler: AnyEventHandler,
    pub(crate) pattern: Pattern,
}

impl PatternEntry {
    pub(crate) fn matches(&self, topic: &str) -> bool {
        self.pattern.matches(topic)
    }

    /// Its entry in the slot of an event type whose topic matches.
    pub(crate) fn entry(&self, event_type: EventType) -> Entry {
        self.entry_for(event_type, event_type.info.topic().into())
    }

    /// Its entry in a plan for this topic, which the entry's description shows.
    pub(crate) fn entry_for(&self, event_type: EventType, topic: Cow<'static, str>) -> Entry {
        let mut registration = self.registration.clone();
        Arc::make_mut(&mut registration.subscriber).topic = topic;
        Entry {
            registration,
            handler: self.handler.adapt(event_type),
        }
    }
}
