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
    core::{AWAITS_SCAN, Core, HEARS_TOPICS, Writer},
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
    hearings: Vec<PatternEntry>,
    refused: Vec<(Conflict, Vec<Entry>)>,
}

/// One run-time subscriber that is to be taken out.
pub(crate) struct Removal<'r> {
    /// What it listens to; `None` for whatever a pattern matches.
    pub(crate) kind: Option<EventType>,
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
        let (mut kinds, hearings) = group.into_parts();
        if !hearings.is_empty() {
            for (family, kind) in &writer.known {
                kinds.entry(*family).or_insert((*kind, Vec::new()));
            }
        }
        let mut change = Transaction {
            staged: Vec::new(),
            refused: Vec::new(),
            hearings,
        };
        // Those that an event type meets first are all who hear its topic: they must be in order.
        if let Err(conflict) = order_of(writer.hearings.iter().chain(&change.hearings)) {
            change.refused.push((conflict, Vec::new()));
        }
        for (family, (kind, mut entries)) in kinds {
            let hears = |hearing: &&PatternEntry| hearing.hears(kind.info.topic());
            let is_known = writer.known.contains_key(&family);
            let earlier = writer.hearings.iter().filter(|_| !is_known);
            let all = earlier.chain(&change.hearings).filter(hears);
            entries.extend(all.map(|hearing| hearing.entry(kind)));
            let slot = self.slot_for_change(kind);
            match slot.stage(kind.family, kind.info, entries) {
                Ok(staged) => change.staged.push((kind, staged)),
                Err(refused) => change.refused.push(refused),
            }
        }
        change
    }

    /// Makes a change that was staged, with no other in between.
    pub(crate) fn publish(&self, writer: &mut Writer, change: Transaction) -> Garbage {
        let Transaction {
            staged, hearings, ..
        } = change;
        let mut retired = Vec::new();
        for (kind, staged) in staged {
            let slot = self.slot_for_change(kind);
            retired.push(slot.publish(staged));
            slot.set_known();
            writer.known.insert(kind.family, kind);
        }
        if !hearings.is_empty() {
            writer.hearings.extend(hearings);
            self.topics().invalidate();
            self.set_flag(HEARS_TOPICS);
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
        let known: Vec<_> = writer.known.values().copied().collect();
        let hearings = writer.hearings.iter().filter(|hearing| hearing.declared);
        let hearings = hearings.map(|hearing| vec![Arc::clone(&hearing.subscriber)]);
        let mut declared: Vec<_> = hearings.collect();
        drop(writer);
        declared.extend(known.into_iter().map(|kind| {
            let mut subscribers = self.slot(kind).map(Slot::declared).unwrap_or_default();
            subscribers.retain(|subscriber| subscriber.pattern.is_none());
            subscribers
        }));
        declared
    }
}

/// Whether all of these can be ordered.
fn order_of<'h>(hearings: impl Iterator<Item = &'h PatternEntry>) -> Result<(), Conflict> {
    let hearings: Vec<_> = hearings.collect();
    let positions: Vec<_> = hearings.iter().map(|hearing| &*hearing.position).collect();
    let who = |index: &usize| Arc::clone(&hearings[*index].subscriber);
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
        let mut kinds: BTreeMap<TypeId, (EventType, BTreeSet<u64>)> = BTreeMap::new();
        let mut hearings = BTreeSet::new();
        let mut ids = Vec::new();
        for Removal { kind, number, id } in removals {
            if let Some(kind) = kind {
                let (_, numbers) = kinds.entry(kind.family).or_insert((kind, BTreeSet::new()));
                numbers.insert(number);
            } else {
                hearings.insert(number);
            }
            ids.extend(id.map(|id| (id, number)));
        }
        let mut writer = self.writer();
        let mut gone = Vec::new();
        if !hearings.is_empty() {
            for (family, kind) in &writer.known {
                let (_, numbers) = kinds.entry(*family).or_insert((*kind, BTreeSet::new()));
                numbers.extend(&hearings);
            }
            let leaves = |hearing: &mut PatternEntry| hearings.contains(&hearing.number);
            gone.extend(writer.hearings.extract_if(.., leaves));
            self.topics().invalidate();
        }
        let retired: Vec<_> = kinds
            .values()
            .map(|(kind, numbers)| {
                self.slot_for_change(*kind)
                    .remove(kind.family, kind.info, numbers)
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
