//! The conflicts of order that incomplete subscribers of a group have, with one another and with complete ones.
//!
//! A group with incomplete subscribers is never published: a scan found another problem. It reports these conflicts
//! together with that problem, so that they are not found only by the next scan.

use std::collections::BTreeMap;

use super::{
    core::{Core, Writer},
    group::{Incomplete, SubscriberGroup},
};
use crate::{
    plan::{Conflict, PatternEntry, Slot, order_of},
    primitives::CatchDrop,
};

impl Core {
    /// The conflicts of each event type that an incomplete subscriber receives, and those among all patterns. Those of
    /// complete subscribers may be among them.
    pub(super) fn conflicts_of_incomplete(
        &self,
        writer: &Writer,
        group: &SubscriberGroup,
    ) -> Vec<Conflict> {
        let incomplete = group.incomplete();
        let mut conflicts = Vec::new();
        if incomplete.is_empty() {
            return conflicts;
        }
        if incomplete.iter().any(Incomplete::has_pattern) {
            let patterns = writer.patterns.iter().chain(group.patterns());
            let complete = patterns.map(|pattern_entry| &pattern_entry.registration);
            let others = incomplete.iter().filter(|one| one.has_pattern());
            let all: Vec<_> = complete
                .chain(others.map(|one| &one.registration))
                .collect();
            conflicts.extend(order_of(&all, None).err().into_iter().flatten());
        }
        let known_types = &writer.known_types;
        let mut event_types: BTreeMap<_, _> = known_types
            .iter()
            .map(|(family, event_type)| (*family, event_type.info))
            .collect();
        let added = group.iter();
        event_types.extend(added.map(|(event_type, _)| (event_type.family, event_type.info)));
        event_types.extend(incomplete.iter().flat_map(|one| &one.event_types).copied());
        for (family, info) in event_types {
            let others: Vec<_> = incomplete
                .iter()
                .filter(|one| one.receives(family, info))
                .map(|one| &one.registration)
                .collect();
            if others.is_empty() {
                continue;
            }
            let known_type = known_types.get(&family);
            let slot = known_type.and_then(|event_type| self.slot(*event_type));
            let present = slot.map(Slot::registrations).unwrap_or_default();
            let matches =
                |pattern_entry: &&CatchDrop<PatternEntry>| pattern_entry.matches(info.topic());
            // The slot of a known type has the entries of the present patterns.
            let patterns = writer.patterns.iter().filter(|_| known_type.is_none());
            let patterns = patterns.chain(group.patterns()).filter(matches);
            let exact = group.of_family(family).iter();
            let all: Vec<_> = present
                .iter()
                .chain(exact.map(|entry| &entry.registration))
                .chain(patterns.map(|pattern_entry| &pattern_entry.registration))
                .chain(others)
                .collect();
            conflicts.extend(order_of(&all, Some(info)).err().into_iter().flatten());
        }
        conflicts
    }
}
