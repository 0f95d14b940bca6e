//! A change of who listens: thought through for all event types together, and then made or not.
//!
//! A subscriber to a pattern of topics is an entry in the slot of each event type that it hears. Which
//! types there are, a registry learns when somebody subscribes to one or emits one; from then on the
//! type is known, and its slot has all who hear it.

use std::sync::Arc;

use super::core::{Core, HEARS_TOPICS, Writer};
use crate::{
    declared::Group,
    event::Family,
    plan::{Conflict, Entry, Hearing, Kind, Retired, Slot, Staged, order},
};

/// A change that has been thought through and not made yet.
pub(crate) struct Change {
    staged: Vec<(Kind, Staged)>,
    hearings: Vec<Hearing>,
    refused: Vec<(Conflict, Vec<Entry>)>,
}

/// What a change left over; to be dropped without the lock.
#[derive(Default)]
pub(crate) struct Leftovers {
    _retired: Vec<Retired>,
    _refused: Option<Change>,
}

impl Change {
    /// Why it cannot be made.
    pub(crate) fn conflicts(&self) -> impl Iterator<Item = &Conflict> {
        self.refused.iter().map(|(conflict, _)| conflict)
    }
}

impl Leftovers {
    /// Of a change that is not made.
    pub(crate) fn of(change: Change) -> Self {
        Self {
            _retired: Vec::new(),
            _refused: Some(change),
        }
    }
}

impl Core {
    /// Thinks an addition through, and changes nothing yet.
    pub(crate) fn stage(&self, writer: &Writer, group: Group) -> Change {
        let (mut kinds, hearings) = group.into_parts();
        if !hearings.is_empty() {
            for (family, kind) in &writer.known {
                kinds.entry(*family).or_insert((*kind, Vec::new()));
            }
        }
        let mut change = Change {
            staged: Vec::new(),
            refused: Vec::new(),
            hearings,
        };
        // Those that an event type meets first are all who hear its topic: they must be in order.
        if let Err(conflict) = order_of(writer.hearings.iter().chain(&change.hearings)) {
            change.refused.push((conflict, Vec::new()));
        }
        for (family, (kind, mut entries)) in kinds {
            let hears = |hearing: &&Hearing| hearing.hears(kind.info.topic());
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
    pub(crate) fn publish(&self, writer: &mut Writer, change: Change) -> Leftovers {
        let Change {
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
            self.topics().forget();
            self.ask_for(HEARS_TOPICS);
        }
        Leftovers {
            _retired: retired,
            _refused: None,
        }
    }

    /// The same as [`ask`](Self::ask). What is known of the type is written down here, not by whoever
    /// seldom asks.
    #[cold]
    #[inline(never)]
    pub(crate) fn ask_for_type<F: Family>(&self) -> &Slot {
        self.ask(Kind::of::<F>())
    }

    /// Asks those who hear patterns of topics whether they hear an event type.
    #[cold]
    #[inline(never)]
    pub(crate) fn ask(&self, kind: Kind) -> &Slot {
        let slot = self.slot_for_change(kind);
        let mut writer = self.writer();
        if !slot.is_known() {
            let mut group = Group::default();
            group.ask(kind);
            let change = self.stage(&writer, group);
            let leftovers = self.publish(&mut writer, change);
            drop(writer);
            drop(leftovers);
        }
        slot
    }
}

/// Whether all of these can be ordered.
fn order_of<'h>(hearings: impl Iterator<Item = &'h Hearing>) -> Result<(), Conflict> {
    let hearings: Vec<_> = hearings.collect();
    let positions: Vec<_> = hearings.iter().map(|hearing| &*hearing.position).collect();
    let who = |index: &usize| Arc::clone(&hearings[*index].subscriber);
    match order::sort(&positions) {
        Ok(_) => Ok(()),
        Err(conflict) => Err(Conflict::of(conflict, who)),
    }
}
