//! The entries of a slot, and the plans that are built from them.

use std::collections::BTreeSet;

use super::{
    entry::{Conflict, Entry, Registration, order_of, plan},
    event_plan::Plan,
};
use crate::{metadata::Key, policy::PlanType, primitives::CatchDrop};

/// The entries of a slot in the order in which they were added.
pub(super) struct SlotEntries {
    list: Vec<CatchDrop<Entry>>,
    /// The event type of the entries, if there are some or were.
    of: Option<PlanType>,
    /// How many are subscribed at run time.
    run_time: usize,
    /// How many have a `before` or an `after`.
    constrained: usize,
}

impl SlotEntries {
    pub(super) const fn new() -> Self {
        Self {
            list: Vec::new(),
            of: None,
            run_time: 0,
            constrained: 0,
        }
    }

    /// Whether one of them has this name.
    pub(super) fn has_subscriber(&self, name: &Key) -> bool {
        let mut positions = self.list.iter().map(|entry| &entry.registration.position);
        positions.any(|position| position.names.contains(name))
    }

    pub(super) fn registrations(&self) -> Vec<Registration> {
        let entries = self.list.iter();
        entries.map(|entry| entry.registration.clone()).collect()
    }

    /// Checks that these entries could be added. Only constraints can make that impossible.
    pub(super) fn check(&self, added: &[CatchDrop<Entry>]) -> Result<(), Vec<Conflict>> {
        let is_constrained = |entry: &CatchDrop<Entry>| entry.registration.is_constrained();
        if self.constrained == 0 && !added.iter().any(is_constrained) {
            return Ok(());
        }
        let all = self.list.iter().chain(added);
        let registrations: Vec<_> = all.map(|entry| &entry.registration).collect();
        order_of(&registrations).map(|_| ())
    }

    /// The plan of the declared subscribers when these are added; `None` if none of these is declared.
    pub(super) fn declared_plan(&self, of: &PlanType, added: &[CatchDrop<Entry>]) -> Option<Plan> {
        let is_declared = |entry: &&CatchDrop<Entry>| entry.registration.declared;
        let declared = self.list.iter().chain(added).filter(is_declared);
        let is_changed = added.iter().any(|entry| is_declared(&entry));
        is_changed.then(|| build(of, declared)).flatten()
    }

    /// The plan of all subscribers; `None` if there are none.
    pub(super) fn plan(&self) -> Option<Plan> {
        build(self.of.as_ref()?, self.list.iter())
    }

    pub(super) fn add(&mut self, of: PlanType, added: Vec<CatchDrop<Entry>>) {
        self.of = Some(of);
        for entry in &added {
            self.count(&entry.registration, 1);
        }
        self.list.extend(added);
    }

    /// Removes the run-time subscribers with these numbers.
    pub(super) fn remove(&mut self, numbers: &BTreeSet<u64>) -> Vec<CatchDrop<Entry>> {
        let is_removed = |entry: &mut CatchDrop<Entry>| {
            !entry.registration.declared && numbers.contains(&entry.registration.number)
        };
        let removed: Vec<_> = self.list.extract_if(.., is_removed).collect();
        for entry in &removed {
            self.count(&entry.registration, -1);
        }
        removed
    }

    fn count(&mut self, registration: &Registration, change: isize) {
        let add = |count: &mut usize, applies: bool| {
            if applies {
                *count = count.saturating_add_signed(change);
            }
        };
        add(&mut self.run_time, !registration.declared);
        add(&mut self.constrained, registration.is_constrained());
    }

    /// Whether some are subscribed at run time.
    pub(super) fn has_run_time(&self) -> bool {
        self.run_time > 0
    }
}

/// The plan of entries that were checked. A part of them is orderable if all are: it has fewer constraints.
fn build<'e>(of: &PlanType, entries: impl Iterator<Item = &'e CatchDrop<Entry>>) -> Option<Plan> {
    let entries = entries.map(|entry| &**entry);
    plan(of.clone(), entries).unwrap_or_default()
}
