//! Subscribers that are added to a registry together.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
};

use crate::plan::{Entry, EventType, PatternEntry};

/// Subscribers by their event type.
pub(crate) type ByEventType = BTreeMap<TypeId, (EventType, Vec<Entry>)>;

/// Subscribers that go into a registry together, by event type.
#[derive(Default)]
pub(crate) struct SubscriberGroup {
    event_types: ByEventType,
    /// Those who hear patterns of topics.
    patterns: Vec<PatternEntry>,
}

impl SubscriberGroup {
    pub(crate) fn add(&mut self, event_type: EventType, entry: Entry) {
        self.entries_of(event_type).push(entry);
    }

    pub(crate) fn add_pattern(&mut self, pattern_entry: PatternEntry) {
        self.patterns.push(pattern_entry);
    }

    /// Nobody is added for this event type but those who hear its topic already.
    pub(crate) fn add_type(&mut self, event_type: EventType) {
        self.entries_of(event_type);
    }

    fn entries_of(&mut self, event_type: EventType) -> &mut Vec<Entry> {
        let group = self.event_types.entry(event_type.family);
        &mut group.or_insert_with(|| (event_type, Vec::new())).1
    }

    /// Each subscriber beside its event type.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (EventType, &Entry)> {
        let event_types = self.event_types.values();
        event_types
            .flat_map(|(event_type, entries)| entries.iter().map(|entry| (*event_type, entry)))
    }

    pub(crate) fn patterns(&self) -> &[PatternEntry] {
        &self.patterns
    }

    /// The subscribers of one event type.
    pub(crate) fn of(&self, event_type: EventType) -> &[Entry] {
        let group = self.event_types.get(&event_type.family);
        group
            .map(|(_, entries)| entries.as_slice())
            .unwrap_or_default()
    }

    /// The numbers of all of them.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        let entries = self.iter().map(|(_, entry)| entry.number);
        entries.chain(
            self.patterns
                .iter()
                .map(|pattern_entry| pattern_entry.number),
        )
    }

    /// Leaves out what another scan has installed in the meantime.
    pub(crate) fn keep_new(&mut self, installed: &BTreeSet<u64>) {
        for (_, entries) in self.event_types.values_mut() {
            entries.retain(|entry| !installed.contains(&entry.number));
        }
        self.event_types
            .retain(|_, (_, entries)| !entries.is_empty());
        self.patterns
            .retain(|pattern_entry| !installed.contains(&pattern_entry.number));
    }

    pub(crate) fn into_parts(self) -> (ByEventType, Vec<PatternEntry>) {
        (self.event_types, self.patterns)
    }
}
