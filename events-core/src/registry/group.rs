//! Subscribers that are added to a registry together, in one transaction.

use std::{
    any::TypeId,
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
};

use crate::{
    metadata::{EventInfo, Pattern},
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
    /// With one of these, the group is not published.
    incomplete: Vec<Incomplete>,
}

/// A declared subscriber without a handler: a state is missing, or its pattern is too large. It has a position in the
/// order, so that a scan reports the conflicts of it together with the other problems.
pub(crate) struct Incomplete {
    pub(crate) registration: Registration,
    /// The event types of an exact subscriber.
    pub(crate) event_types: Vec<(TypeId, &'static EventInfo)>,
    /// The pattern of a pattern subscriber, if it could be compiled.
    pub(crate) pattern: Option<Pattern>,
}

impl Incomplete {
    pub(super) fn has_pattern(&self) -> bool {
        self.registration.subscriber.pattern.is_some()
    }

    /// Whether it is subscribed to this event type.
    pub(super) fn receives(&self, family: TypeId, info: &EventInfo) -> bool {
        let mut event_types = self.event_types.iter();
        let pattern = self.pattern.as_ref();
        event_types.any(|(own, _)| *own == family)
            || pattern.is_some_and(|pattern| pattern.matches(info.topic()))
    }
}

impl SubscriberGroup {
    pub(crate) fn add(&mut self, event_type: EventType, entry: Entry) {
        self.entries_of(event_type).push(CatchDrop::new(entry));
    }

    pub(crate) fn add_pattern(&mut self, pattern_entry: PatternEntry) {
        self.patterns.push(CatchDrop::new(pattern_entry));
    }

    pub(crate) fn add_incomplete(&mut self, incomplete: Incomplete) {
        self.incomplete.push(incomplete);
    }

    pub(super) fn incomplete(&self) -> &[Incomplete] {
        &self.incomplete
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

    /// Whether a handler takes `&Emission`.
    pub(super) fn takes_emission(&self) -> bool {
        let exact = self.iter().map(|(_, entry)| &entry.registration);
        let patterns = self.patterns().iter().map(|entry| &entry.registration);
        let mut all = exact.chain(patterns);
        all.any(|registration| registration.subscriber.takes_emission)
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
        self.of_family(event_type.family)
    }

    pub(super) fn of_family(&self, family: TypeId) -> &[CatchDrop<Entry>] {
        let group = self.event_types.get(&family);
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
        self.incomplete
            .retain(|incomplete| !installed.contains(&incomplete.registration.number));
    }

    pub(super) fn into_parts(self) -> (ByEventType, Vec<CatchDrop<PatternEntry>>) {
        (self.event_types, self.patterns)
    }
}
