//! Matching: which pattern subscribers receive an event type or a topic.
//!
//! A pattern subscriber has a regular expression over topics. It becomes an entry in the slot of each
//! event type whose topic this matches. The patterns of an event type are *resolved* when these entries
//! are made: with the first subscription to the type, or with its first emit after the first
//! pattern was subscribed. A later pattern subscriber is added to the slots of all resolved types.
//!
//! A topic that is emitted without an event type has no slot: its plan is cached, see `topic_cache`.

use std::{
    any::TypeId,
    borrow::Cow,
    sync::{Arc, atomic::Ordering},
};

use super::topic_cache::{CachedPlan, MAX_TOPIC_LEN, TopicPlan};
use crate::{
    event::{Family, TopicEvent},
    metadata::UnitPhase,
    plan::{EventType, Slot, default_slot, plan},
    primitives::drop_catching,
    registry::{
        core::{Core, Writer},
        group::SubscriberGroup,
    },
};

impl Core {
    /// The slot of an event type, with its patterns resolved.
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

    /// An event type whose slot has subscribers.
    pub(crate) fn known_type(&self, family: TypeId) -> Option<EventType> {
        self.writer().known_types.get(&family).copied()
    }

    /// The slot of an event type, with its patterns resolved.
    pub(crate) fn slot_of(&self, event_type: EventType) -> Option<&Slot> {
        let slot = self.slot(event_type);
        if self.has_patterns() && !slot.is_some_and(Slot::has_resolved_patterns) {
            return Some(self.resolve_patterns(event_type));
        }
        slot
    }

    /// [`resolve_patterns`](Self::resolve_patterns) of a family. Outlined, so that the hot caller does
    /// not contain the construction of the [`EventType`].
    #[cold]
    #[inline(never)]
    pub(in crate::registry) fn resolve_patterns_of<F: Family>(&self) -> &Slot {
        self.resolve_patterns(EventType::of::<F>())
    }

    /// Adds the pattern subscribers that match an event type to its slot, unless that is done already.
    #[cold]
    #[inline(never)]
    pub(in crate::registry) fn resolve_patterns(&self, event_type: EventType) -> &Slot {
        let slot = self.slot_or_insert(event_type);
        let mut writer = self.writer();
        if !slot.has_resolved_patterns() {
            let mut group = SubscriberGroup::default();
            group.add_type(event_type);
            let transaction = self.stage(&writer, group);
            let garbage = self.publish(&mut writer, transaction);
            drop(writer);
            drop(garbage);
        }
        slot
    }

    /// The plan of a topic that is emitted without an event type, from the cache if it is there.
    pub(crate) fn topic_plan(&self, topic: &str) -> TopicPlan {
        if topic.len() > MAX_TOPIC_LEN {
            return TopicPlan::Uncached(Arc::new(self.match_topic(&self.writer(), topic, None)));
        }
        let entry = self.topics().entry(topic);
        let cached = entry.load();
        let version = self.topics().version.load(Ordering::Acquire);
        let is_current =
            |cached: &Arc<CachedPlan>| cached.version == version && *cached.topic == *topic;
        if cached.as_ref().is_some_and(is_current) {
            return TopicPlan::Cached(cached);
        }
        let writer = self.writer();
        let new = Arc::new(self.match_topic(&writer, topic, None));
        let old = entry.swap(Some(Arc::clone(&new)));
        drop(writer);
        drop_catching((old, cached));
        TopicPlan::Uncached(new)
    }

    /// The plan of a topic for a phase of a unit of work. It is not cached.
    #[cold]
    pub(crate) fn topic_plan_in_unit(&self, topic: &str, phase: UnitPhase) -> TopicPlan {
        let plan = self.match_topic(&self.writer(), topic, Some(phase));
        TopicPlan::Uncached(Arc::new(plan))
    }

    /// Matches all patterns against a topic, and makes the plan of those that match, or that of a phase of a unit of work.
    fn match_topic(&self, writer: &Writer, topic: &str, phase: Option<UnitPhase>) -> CachedPlan {
        let event_type = EventType::of::<TopicEvent>();
        let owned: Cow<'static, str> = topic.to_owned().into();
        let patterns = writer
            .patterns
            .iter()
            .filter(|pattern_entry| pattern_entry.matches(topic));
        let entries: Vec<_> = patterns
            .map(|pattern_entry| pattern_entry.entry_for(event_type, owned.clone()))
            .collect();
        CachedPlan {
            topic: topic.into(),
            version: self.topics().version.load(Ordering::Acquire),
            // The sort does not fail: all pattern subscribers were sorted together when each was added.
            plan: plan(
                self.plan_type(event_type, owned),
                entries.iter(),
                phase,
                |id| writer.muted.contains(id),
            )
            .unwrap_or_default(),
        }
    }
}
