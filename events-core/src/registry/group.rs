//! Subscribers that are added to a registry together.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
};

use crate::plan::{Entry, EventType, PatternEntry};

/// Subscribers by their event type.
pub(crate) type ByKind = BTreeMap<TypeId, (EventType, Vec<Entry>)>;

/// Subscribers that go into a registry together, by event type.
#[derive(Default)]
pub(crate) struct SubscriberGroup {
    kinds: ByKind,
    /// Those who hear patterns of topics.
    hearings: Vec<PatternEntry>,
}

impl SubscriberGroup {
    pub(crate) fn add(&mut self, kind: EventType, entry: Entry) {
        self.of_kind(kind).push(entry);
    }

    pub(crate) fn hear(&mut self, hearing: PatternEntry) {
        self.hearings.push(hearing);
    }

    /// Nobody is added for this event type but those who hear its topic already.
    pub(crate) fn ask(&mut self, kind: EventType) {
        self.of_kind(kind);
    }

    fn of_kind(&mut self, kind: EventType) -> &mut Vec<Entry> {
        let group = self.kinds.entry(kind.family);
        &mut group.or_insert_with(|| (kind, Vec::new())).1
    }

    /// Each subscriber beside its event type.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (EventType, &Entry)> {
        let kinds = self.kinds.values();
        kinds.flat_map(|(kind, entries)| entries.iter().map(|entry| (*kind, entry)))
    }

    pub(crate) fn hearings(&self) -> &[PatternEntry] {
        &self.hearings
    }

    /// The subscribers of one event type.
    pub(crate) fn of(&self, kind: EventType) -> &[Entry] {
        let group = self.kinds.get(&kind.family);
        group
            .map(|(_, entries)| entries.as_slice())
            .unwrap_or_default()
    }

    /// The numbers of all of them.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        let entries = self.iter().map(|(_, entry)| entry.number);
        entries.chain(self.hearings.iter().map(|hearing| hearing.number))
    }

    /// Leaves out what another scan has installed in the meantime.
    pub(crate) fn keep_new(&mut self, installed: &BTreeSet<u64>) {
        for (_, entries) in self.kinds.values_mut() {
            entries.retain(|entry| !installed.contains(&entry.number));
        }
        self.kinds.retain(|_, (_, entries)| !entries.is_empty());
        self.hearings
            .retain(|hearing| !installed.contains(&hearing.number));
    }

    pub(crate) fn into_parts(self) -> (ByKind, Vec<PatternEntry>) {
        (self.kinds, self.hearings)
    }
}
