//! Subscribers that are added to a registry together, in one transaction.

use std::{
    any::TypeId,
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    plan::{Entry, EventType, PatternEntry, Registration},
    primitives::CatchDrop,
};

/// Exact subscribers by their event type.
pub(super) type ByEventType = BTreeMap<TypeId, (EventType, Vec<CatchDrop<Entry>>)>;

/// Subscribers that are added to a registry together.
#[derive(Default)]
pub(crate) struct SubscriberGroup {
    event_types: ByEventType,
    /// The pattern subscribers.
    patterns: Vec<CatchDrop<PatternEntry>>,
}

impl SubscriberGroup {
    pub(crate) fn add(&mut self, event_type: EventType, entry: Entry) {
        self.entries_of(event_type).push(CatchDrop::new(entry));
    }

    pub(crate) fn add_pattern(&mut self, pattern_entry: PatternEntry) {
        self.patterns.push(CatchDrop::new(pattern_entry));
    }

    /// Adds an event type without exact subscribers, so that the pattern subscribers of the registry are
    /// matched against it.
    pub(super) fn add_type(&mut self, event_type: EventType) {
        self.entries_of(event_type);
    }

    fn entries_of(&mut self, event_type: EventType) -> &mut Vec<CatchDrop<Entry>> {
        let group = self.event_types.entry(event_type.family);
        &mut group.or_insert_with(|| (event_type, Vec::new())).1
    }

    /// The exact subscribers, each with its event type.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (EventType, &Entry)> {
        let event_types = self.event_types.values();
        event_types
            .flat_map(|(event_type, entries)| entries.iter().map(|entry| (*event_type, &**entry)))
    }

    /// All registrations, in the order of their numbers.
    pub(crate) fn registrations_mut(&mut self) -> Vec<&mut Registration> {
        let exact = self.event_types.values_mut();
        let exact = exact
            .flat_map(|(_, entries)| entries)
            .map(|entry| &mut entry.registration);
        let patterns = self
            .patterns
            .iter_mut()
            .map(|entry| &mut entry.registration);
        let mut registrations: Vec<_> = exact.chain(patterns).collect();
        registrations.sort_by_key(|registration| registration.number);
        registrations
    }

    pub(crate) fn patterns(&self) -> &[CatchDrop<PatternEntry>] {
        &self.patterns
    }

    /// The exact subscribers of one event type.
    pub(crate) fn of(&self, event_type: EventType) -> &[CatchDrop<Entry>] {
        let group = self.event_types.get(&event_type.family);
        group
            .map(|(_, entries)| entries.as_slice())
            .unwrap_or_default()
    }

    /// The names of all subscribers.
    pub(crate) fn names(&self) -> Vec<Cow<'static, str>> {
        let exact = self.iter().map(|(_, entry)| &entry.registration);
        let patterns = self.patterns.iter().map(|entry| &entry.registration);
        let registrations = exact.chain(patterns);
        registrations
            .map(|registration| registration.subscriber.name.clone())
            .collect()
    }

    /// The numbers of all subscribers.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = u64> {
        let entries = self.iter().map(|(_, entry)| entry.registration.number);
        entries.chain(
            self.patterns
                .iter()
                .map(|pattern_entry| pattern_entry.registration.number),
        )
    }

    /// Removes the declared subscribers that another scan has installed in the meantime. This runs no user code, even
    /// under the lock: the scan keeps the states of the handlers, and the registry the listeners.
    pub(super) fn remove_installed(&mut self, installed: &BTreeSet<u64>) {
        for (_, entries) in self.event_types.values_mut() {
            entries.retain(|entry| !installed.contains(&entry.registration.number));
        }
        self.event_types
            .retain(|_, (_, entries)| !entries.is_empty());
        self.patterns
            .retain(|pattern_entry| !installed.contains(&pattern_entry.registration.number));
    }

    pub(super) fn into_parts(self) -> (ByEventType, Vec<CatchDrop<PatternEntry>>) {
        (self.event_types, self.patterns)
    }
}
