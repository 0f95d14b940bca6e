//! A change of who listens: thought through for all event types together, and then made or not.
//!
//! A subscriber to a pattern of topics is an entry in the slot of each event type that it hears. Which
//! types there are, a registry learns when somebody subscribes to one or emits one; from then on the
//! type is known, and its slot has all who hear it.

use std::{
    any::TypeId,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    core::{AWAITS_SCAN, Core, HAS_PATTERNS, Writer},
    group::SubscriberGroup,
};
use crate::{
    handler::States,
    metadata::SubscriberInfo,
    plan::{Conflict, Entry, EventType, PatternEntry, Retired, Slot, Staged, order},
};

/// A change that has been thought through and not made yet.
pub(crate) struct Transaction {
    staged: Vec<(EventType, Staged)>,
    patterns: Vec<PatternEntry>,
    refused: Vec<(Conflict, Vec<Entry>)>,
}

/// One run-time subscriber that is to be taken out.
pub(crate) struct Removal<'r> {
    /// What it listens to; `None` for whatever a pattern matches.
    pub(crate) event_type: Option<EventType>,
    pub(crate) number: u64,
    pub(crate) id: Option<&'r str>,
}

/// What a change left over; to be dropped without the lock.
#[derive(Default)]
pub(crate) struct Garbage {
    _retired: Vec<Retired>,
    _refused: Option<Transaction>,
}

impl Transaction {
    /// Why it cannot be made.
    pub(crate) fn conflicts(&self) -> impl Iterator<Item = &Conflict> {
        self.refused.iter().map(|(conflict, _)| conflict)
    }
}

impl Garbage {
    /// Of a change that is not made.
    pub(crate) fn of(change: Transaction) -> Self {
        Self {
            _retired: Vec::new(),
            _refused: Some(change),
        }
    }
}

impl Core {
    /// Thinks an addition through, and changes nothing yet.
    pub(crate) fn stage(&self, writer: &Writer, group: SubscriberGroup) -> Transaction {
        let (mut event_types, patterns) = group.into_parts();
        if !patterns.is_empty() {
            for (family, event_type) in &writer.known_types {
                event_types
                    .entry(*family)
                    .or_insert((*event_type, Vec::new()));
            }
        }
        let mut change = Transaction {
            staged: Vec::new(),
            refused: Vec::new(),
            patterns,
        };
        // Those that an event type meets first are all who hear its topic: they must be in order.
        if let Err(conflict) = order_of(writer.patterns.iter().chain(&change.patterns)) {
            change.refused.push((conflict, Vec::new()));
        }
        for (family, (event_type, mut entries)) in event_types {
            let matches =
                |pattern_entry: &&PatternEntry| pattern_entry.matches(event_type.info.topic());
            let has_resolved_patterns = writer.known_types.contains_key(&family);
            let earlier = writer.patterns.iter().filter(|_| !has_resolved_patterns);
            let all = earlier.chain(&change.patterns).filter(matches);
            entries.extend(all.map(|pattern_entry| pattern_entry.entry(event_type)));
            let slot = self.slot_for_change(event_type);
            match slot.stage(event_type.family, event_type.info, entries) {
                Ok(staged) => change.staged.push((event_type, staged)),
                Err(refused) => change.refused.push(refused),
            }
        }
        change
    }

    /// Makes a change that was staged, with no other in between.
    pub(crate) fn publish(&self, writer: &mut Writer, change: Transaction) -> Garbage {
        let Transaction {
            staged, patterns, ..
        } = change;
        let mut retired = Vec::new();
        for (event_type, staged) in staged {
            let slot = self.slot_for_change(event_type);
            retired.push(slot.publish(staged));
            slot.set_patterns_resolved();
            writer.known_types.insert(event_type.family, event_type);
        }
        if !patterns.is_empty() {
            writer.patterns.extend(patterns);
            self.topics().invalidate();
            self.set_flag(HAS_PATTERNS);
        }
        Garbage {
            _retired: retired,
            _refused: None,
        }
    }

    /// What scans were given so far.
    pub(crate) fn states(&self) -> States {
        self.writer().states.clone()
    }

    /// Whether a declared subscriber, known by its address, is here.
    pub(crate) fn has_installed(&self, address: u64) -> bool {
        self.writer().installed.contains(&address)
    }

    /// Adds what a scan prepared: all of it, or, when some cannot be ordered, nothing. A scan that
    /// has found other problems wants to know these, too, and adds nothing.
    pub(crate) fn commit(
        &self,
        mut group: SubscriberGroup,
        states: States,
        wanted: bool,
    ) -> Committed {
        let mut writer = self.writer();
        group.keep_new(&writer.installed);
        let numbers: Vec<_> = group.numbers().collect();
        let change = self.stage(&writer, group);
        let conflicts: Vec<_> = change.conflicts().cloned().collect();
        let leftovers = if wanted && conflicts.is_empty() {
            writer.installed.extend(numbers);
            writer.states.extend(states);
            self.clear_flag(AWAITS_SCAN);
            self.publish(&mut writer, change)
        } else {
            Garbage::of(change)
        };
        drop(writer);
        Committed {
            conflicts,
            _leftovers: leftovers,
        }
    }

    /// The declared subscribers that are here, in running order, by event type; those that hear a
    /// pattern of topics by that.
    pub(crate) fn declared(&self) -> Vec<Vec<Arc<SubscriberInfo>>> {
        let writer = self.writer();
        let known_types: Vec<_> = writer.known_types.values().copied().collect();
        let patterns = writer
            .patterns
            .iter()
            .filter(|pattern_entry| pattern_entry.declared);
        let patterns = patterns.map(|pattern_entry| vec![Arc::clone(&pattern_entry.subscriber)]);
        let mut declared: Vec<_> = patterns.collect();
        drop(writer);
        declared.extend(known_types.into_iter().map(|event_type| {
            let mut subscribers = self
                .slot(event_type)
                .map(Slot::declared)
                .unwrap_or_default();
            subscribers.retain(|subscriber| subscriber.pattern.is_none());
            subscribers
        }));
        declared
    }
}

/// Whether all of these can be ordered.
fn order_of<'h>(patterns: impl Iterator<Item = &'h PatternEntry>) -> Result<(), Conflict> {
    let patterns: Vec<_> = patterns.collect();
    let positions: Vec<_> = patterns
        .iter()
        .map(|pattern_entry| &*pattern_entry.position)
        .collect();
    let who = |index: &usize| Arc::clone(&patterns[*index].subscriber);
    match order::sort(&positions) {
        Ok(_) => Ok(()),
        Err(conflict) => Err(Conflict::of(conflict, who)),
    }
}

/// How a batch ended.
pub(crate) struct Committed {
    pub(crate) conflicts: Vec<Conflict>,
    _leftovers: Garbage,
}

impl Core {
    /// Takes run-time subscribers out: one new plan for each event type.
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
        let mut gone = Vec::new();
        if !patterns.is_empty() {
            for (family, event_type) in &writer.known_types {
                let (_, numbers) = event_types
                    .entry(*family)
                    .or_insert((*event_type, BTreeSet::new()));
                numbers.extend(&patterns);
            }
            let leaves =
                |pattern_entry: &mut PatternEntry| patterns.contains(&pattern_entry.number);
            gone.extend(writer.patterns.extract_if(.., leaves));
            self.topics().invalidate();
        }
        let retired: Vec<_> = event_types
            .values()
            .map(|(event_type, numbers)| {
                self.slot_for_change(*event_type).remove(
                    event_type.family,
                    event_type.info,
                    numbers,
                )
            })
            .collect();
        for (id, number) in ids {
            // One that has left before may have left its id to another.
            if writer.ids.get(id) == Some(&number) {
                writer.ids.remove(id);
            }
        }
        drop(writer);
        drop((retired, gone));
    }
}
