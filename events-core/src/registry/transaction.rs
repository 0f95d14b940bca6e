//! Transactions: an all-or-nothing update of several slots, staged first and then published.
//!
//! To stage an addition finds conflicts of order, and changes nothing. To publish it stores the entries; an
//! emit keeps the plan that it started with. Run-time subscribers are removed without staging, since a
//! removal cannot conflict.
//!
//! A pattern subscriber is an entry in the slot of each event type whose topic it matches. An event type
//! is *known* from the first subscription to it on, or from its first emit after the first pattern
//! was subscribed.
//!
//! Invariants:
//! - the slot of a known event type has an entry for each pattern subscriber that matches it;
//! - a transaction is staged and published under one locking of the writer;
//! - what a transaction replaces or rejects is dropped without the lock: it contains handlers, whose
//!   `Drop` is user code.

use std::{
    any::TypeId,
    borrow::Cow,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    core::{AWAITS_SCAN, Core, HAS_PATTERNS, TAKES_EMISSION, Writer},
    group::SubscriberGroup,
};
use crate::{
    handler::States,
    metadata::{EventInfo, SubscriberInfo},
    plan::{
        Conflict, Entry, EventType, PatternEntry, Registration, Retired, Slot, Staged, order_of,
    },
    primitives::CatchDrop,
};

/// An addition of subscribers that is staged and not published yet.
pub(crate) struct Transaction {
    staged: Vec<(EventType, Staged)>,
    patterns: Vec<CatchDrop<PatternEntry>>,
    /// The conflicts, those of one event type with the entries that could not be added.
    rejected: Vec<(Vec<Conflict>, Vec<CatchDrop<Entry>>)>,
}

/// A run-time subscriber that is to be removed.
pub(crate) struct Removal<'r> {
    /// The event type of an exact subscriber; `None` for a pattern subscriber.
    pub(crate) event_type: Option<EventType>,
    pub(crate) number: u64,
    pub(crate) id: Option<&'r str>,
}

/// What a transaction replaced, or one that is not published; to be dropped without the lock.
#[derive(Default)]
pub(crate) struct Garbage {
    _retired: Vec<Retired>,
    _transaction: Option<Transaction>,
    _states: States,
}

impl Transaction {
    /// The conflicts of order; with one, the transaction must not be published.
    pub(crate) fn conflicts(&self) -> impl Iterator<Item = &Conflict> {
        self.rejected.iter().flat_map(|(conflicts, _)| conflicts)
    }
}

impl Garbage {
    /// A transaction that is not published.
    pub(crate) fn of(transaction: Transaction) -> Self {
        Self {
            _transaction: Some(transaction),
            ..Self::default()
        }
    }
}

impl Core {
    /// Stages an addition: finds the conflicts, and publishes nothing.
    pub(crate) fn stage(&self, writer: &Writer, group: SubscriberGroup) -> Transaction {
        if group.takes_emission() {
            self.put_flag(TAKES_EMISSION, true);
        }
        let (mut event_types, patterns) = group.into_parts();
        if !patterns.is_empty() {
            for (family, event_type) in &writer.known_types {
                let topic = event_type.info.topic();
                if patterns.iter().any(|pattern| pattern.matches(topic)) {
                    event_types
                        .entry(*family)
                        .or_insert((*event_type, Vec::new()));
                }
            }
        }
        let mut transaction = Transaction {
            staged: Vec::new(),
            rejected: Vec::new(),
            patterns,
        };
        // A later event type or topic may match any of the patterns, so all of them must be sortable
        // together.
        let registrations: Vec<_> = writer
            .patterns
            .iter()
            .chain(&transaction.patterns)
            .map(|pattern_entry| &pattern_entry.registration)
            .collect();
        let is_constrained = |registration: &&Registration| registration.is_constrained();
        if registrations.iter().any(is_constrained)
            && let Err(conflicts) = order_of(&registrations, None)
        {
            transaction.rejected.push((conflicts, Vec::new()));
        }
        for (family, (event_type, mut entries)) in event_types {
            let matches = |pattern_entry: &&CatchDrop<PatternEntry>| {
                pattern_entry.matches(event_type.info.topic())
            };
            let has_resolved_patterns = writer.known_types.contains_key(&family);
            let earlier = writer.patterns.iter().filter(|_| !has_resolved_patterns);
            let all = earlier.chain(&transaction.patterns).filter(matches);
            entries
                .extend(all.map(|pattern_entry| CatchDrop::new(pattern_entry.entry(event_type))));
            let empty = Slot::new();
            let slot = self.slot(event_type).unwrap_or(&empty);
            match slot.stage(
                self.plan_type(event_type, event_type.info.topic().into()),
                entries,
            ) {
                Ok(staged) => transaction.staged.push((event_type, staged)),
                Err(rejected) => transaction.rejected.push(rejected),
            }
        }
        transaction
    }

    /// Publishes a transaction that was staged since the writer was locked.
    pub(crate) fn publish(&self, writer: &mut Writer, transaction: Transaction) -> Garbage {
        let Transaction {
            staged, patterns, ..
        } = transaction;
        self.call_publish_hook();
        let mut retired = Vec::new();
        for (event_type, staged) in staged {
            let slot = self.slot_or_insert(event_type);
            retired.push(slot.publish(staged, &writer.muted));
            slot.set_patterns_resolved();
            writer.known_types.insert(event_type.family, event_type);
        }
        if !patterns.is_empty() {
            writer.patterns.extend(patterns);
            self.topics().invalidate();
            self.put_flag(HAS_PATTERNS, true);
        }
        Garbage {
            _retired: retired,
            ..Garbage::default()
        }
    }

    /// The states that were passed to scans so far.
    pub(crate) fn states(&self) -> States {
        self.writer().states.clone()
    }

    /// Whether a declared subscriber is installed; its number is the address of its declaration.
    pub(crate) fn has_installed(&self, address: u64) -> bool {
        self.writer().installed.contains(&address)
    }

    /// Whether a scan has installed any declared subscriber.
    pub(crate) fn has_any_installed(&self) -> bool {
        !self.writer().installed.is_empty()
    }

    /// The names of all subscribers.
    pub(crate) fn subscriber_names(&self) -> Vec<Cow<'static, str>> {
        let writer = self.writer();
        let known_types: Vec<_> = writer.known_types.values().copied().collect();
        let patterns = writer.patterns.iter();
        let patterns = patterns.map(|entry| entry.registration.subscriber.name.clone());
        let mut names: Vec<_> = patterns.collect();
        drop(writer);
        for slot in known_types
            .into_iter()
            .filter_map(|event_type| self.slot(event_type))
        {
            let registrations = slot.registrations().into_iter();
            names.extend(registrations.map(|one| one.subscriber.name.clone()));
        }
        names
    }

    /// Adds the subscribers that a scan prepared: all of them, or none if there is a conflict of order.
    /// Without `publish` it adds none, and only reports the conflicts: for a scan that found other
    /// problems.
    pub(crate) fn commit(
        &self,
        mut group: SubscriberGroup,
        states: States,
        publish: bool,
    ) -> CommitResult {
        let mut writer = self.writer();
        group.remove_installed(&writer.installed);
        let numbers: Vec<_> = group.numbers().collect();
        let of_incomplete = self.conflicts_of_incomplete(&writer, &group);
        let transaction = self.stage(&writer, group);
        let conflicts = transaction.conflicts().cloned();
        let mut conflicts: Vec<_> = conflicts.chain(of_incomplete).collect();
        // Those of one event type stay in their order. That of the event types differs between builds.
        conflicts.sort_by_cached_key(Conflict::topics);
        let garbage = if publish && conflicts.is_empty() {
            writer.installed.extend(numbers);
            let replaced = writer.states.extend(states);
            self.put_flag(AWAITS_SCAN, false);
            Garbage {
                _states: replaced,
                ..self.publish(&mut writer, transaction)
            }
        } else {
            Garbage::of(transaction)
        };
        drop(writer);
        CommitResult {
            conflicts,
            _garbage: garbage,
        }
    }

    /// The installed declared subscribers: the exact ones of each event type in running order, and each
    /// pattern subscriber for itself, without an event.
    pub(crate) fn declared(&self) -> Vec<DeclaredOfEvent> {
        let writer = self.writer();
        let known_types: Vec<_> = writer.known_types.values().copied().collect();
        let patterns = writer
            .patterns
            .iter()
            .filter(|pattern_entry| pattern_entry.registration.declared);
        let patterns =
            patterns.map(|entry| (None, vec![Arc::clone(&entry.registration.subscriber)]));
        let mut declared: Vec<_> = patterns.collect();
        drop(writer);
        declared.extend(known_types.into_iter().map(|event_type| {
            let mut subscribers = self
                .slot(event_type)
                .map(Slot::declared)
                .unwrap_or_default();
            subscribers.retain(|subscriber| subscriber.pattern.is_none());
            (Some(event_type.info), subscribers)
        }));
        declared
    }
}

/// The declared subscribers of an event, or one of a pattern.
pub(crate) type DeclaredOfEvent = (Option<&'static EventInfo>, Vec<Arc<SubscriberInfo>>);

/// The result of [`Core::commit`]. It is dropped without the lock.
pub(crate) struct CommitResult {
    pub(crate) conflicts: Vec<Conflict>,
    _garbage: Garbage,
}

impl Core {
    /// Removes run-time subscribers, with one new plan for each event type.
    pub(crate) fn remove(&self, removals: &mut dyn Iterator<Item = Removal<'_>>) {
        let mut event_types: BTreeMap<TypeId, (EventType, BTreeSet<u64>)> = BTreeMap::new();
        let mut patterns = BTreeSet::new();
        let mut ids = Vec::new();
        for Removal {
            event_type,
            number,
            id,
        } in removals
        {
            if let Some(event_type) = event_type {
                let (_, numbers) = event_types
                    .entry(event_type.family)
                    .or_insert((event_type, BTreeSet::new()));
                numbers.insert(number);
            } else {
                patterns.insert(number);
            }
            ids.extend(id.map(|id| (id, number)));
        }
        let mut writer = self.writer();
        let mut removed = Vec::new();
        if !patterns.is_empty() {
            for (family, event_type) in &writer.known_types {
                let (_, numbers) = event_types
                    .entry(*family)
                    .or_insert((*event_type, BTreeSet::new()));
                numbers.extend(&patterns);
            }
            let is_removed = |pattern_entry: &mut CatchDrop<PatternEntry>| {
                patterns.contains(&pattern_entry.registration.number)
            };
            removed.extend(writer.patterns.extract_if(.., is_removed));
            self.topics().invalidate();
        }
        let retired: Vec<_> = event_types
            .values()
            .filter_map(|(event_type, numbers)| {
                let slot = self.slot(*event_type)?;
                Some(slot.remove(numbers))
            })
            .collect();
        for (id, number) in ids {
            // A subscriber that was removed before may have a successor with the same id.
            if writer.ids.get(id) == Some(&number) {
                writer.ids.remove(id);
            }
        }
        drop(writer);
        drop((retired, removed));
    }
}
