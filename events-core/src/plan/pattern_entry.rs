//! A pattern subscriber: it is subscribed to a pattern of topics instead of an event type.

use std::{borrow::Cow, sync::Arc};

use super::{
    entry::{Entry, Registration},
    event_plan::HandlerKind,
    slot_table::EventType,
};
use crate::{handler::DynTopicHandler, metadata::Pattern};

/// A pattern subscriber. It has an entry in the slot of each event type whose topic matches.
#[derive(Clone)]
pub(crate) struct PatternEntry {
    /// The registration that all its entries share, but for the topic in the description.
    pub(crate) registration: Registration,
    pub(crate) handler: Arc<dyn DynTopicHandler>,
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
            handler: HandlerKind::Sync((event_type.adapt)(&self.handler)),
        }
    }
}
