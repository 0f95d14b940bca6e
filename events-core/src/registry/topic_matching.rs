//! Which pattern subscribers receive an event type or a topic, resolved once and kept.

use std::{
    any::TypeId,
    borrow::Cow,
    sync::{Arc, atomic::Ordering},
};

use super::{
    core::{Core, Writer},
    group::SubscriberGroup,
    topic_cache::{CachedPlan, LONGEST, TopicPlan},
};
use crate::{
    event::{Family, TopicEvent},
    plan::{EventType, Slot, default_slot, plan},
    primitives::drop_catching,
};

impl Core {
    /// The slot, with all who hear the event type by its topic.
    #[inline]
    pub(crate) fn slot_with_patterns<F: Family>(&self) -> Option<&Slot> {
        let slot = match default_slot::<F>() {
            Some(slot) if self.is_default => Some(slot),
            _ => self.slots.get(TypeId::of::<F>()),
        };
        if self.has_patterns() && !slot.is_some_and(Slot::has_resolved_patterns) {
            return Some(self.resolve_patterns_of::<F>());
        }
        slot
    }

    /// The same as [`add_type`](Self::ask). What is known of the type is written down here, not by whoever
    /// seldom asks.
    #[cold]
    #[inline(never)]
    pub(crate) fn resolve_patterns_of<F: Family>(&self) -> &Slot {
        self.add_type(EventType::of::<F>())
    }

    /// Asks those who hear patterns of topics whether they hear an event type.
    #[cold]
    #[inline(never)]
    pub(crate) fn add_type(&self, event_type: EventType) -> &Slot {
        let slot = self.slot_for_change(event_type);
        let mut writer = self.writer();
        if !slot.has_resolved_patterns() {
            let mut group = SubscriberGroup::default();
            group.add_type(event_type);
            let change = self.stage(&writer, group);
            let leftovers = self.publish(&mut writer, change);
            drop(writer);
            drop(leftovers);
        }
        slot
    }

    pub(crate) fn found(&self, topic: &str) -> TopicPlan {
        if topic.len() > LONGEST {
            return TopicPlan::Uncached(Arc::new(self.add_pattern(&self.writer(), topic)));
        }
        let place = self.topics().place(topic);
        let heard = place.load();
        let version = self.topics().version.load(Ordering::Acquire);
        let is_it = |heard: &Arc<CachedPlan>| heard.version == version && *heard.topic == *topic;
        if heard.as_ref().is_some_and(is_it) {
            return TopicPlan::Cached(heard);
        }
        let writer = self.writer();
        let new = Arc::new(self.add_pattern(&writer, topic));
        let old = place.swap(Some(Arc::clone(&new)));
        drop(writer);
        drop_catching((old, heard));
        TopicPlan::Uncached(new)
    }

    /// Asks everybody.
    fn add_pattern(&self, writer: &Writer, topic: &str) -> CachedPlan {
        let event_type = EventType::of::<TopicEvent<'static>>();
        let owned: Cow<'static, str> = topic.to_owned().into();
        let patterns = writer
            .patterns
            .iter()
            .filter(|pattern_entry| pattern_entry.matches(topic));
        let entries: Vec<_> = patterns
            .map(|pattern_entry| pattern_entry.entry_for(event_type, owned.clone()))
            .collect();
        let family = TypeId::of::<TopicEvent<'static>>();
        CachedPlan {
            topic: topic.into(),
            version: self.topics().version.load(Ordering::Acquire),
            // All who hear patterns can be ordered: that was looked at when they came.
            plan: plan(family, event_type.info, owned, entries.iter()).unwrap_or_default(),
        }
    }
}
