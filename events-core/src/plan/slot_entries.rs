//! The entries of a slot, and the plans that are built from them.

use std::collections::BTreeSet;

use super::{
    entry::{Conflict, Entry, Registration, SubscriberId, order_of, plan},
    event_plan::Plan,
    muted::Muted,
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
    /// How many are limited to no origin, and not muted.
    unlimited: usize,
    /// Those that are muted.
    muted: BTreeSet<SubscriberId>,
}

/// Which events of the type reach a subscriber that is not muted, if no condition keeps them from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub(super) enum Audience {
    /// There are no subscribers.
    None,
    /// All are muted.
    Muted,
    /// Those of certain origins.
    Limited,
    /// All events.
    Any,
}

impl SlotEntries {
    pub(super) const fn new() -> Self {
        Self {
            list: Vec::new(),
            of: None,
            run_time: 0,
            constrained: 0,
            unlimited: 0,
            muted: BTreeSet::new(),
        }
    }

    pub(super) fn audience(&self) -> Audience {
        if self.unlimited > 0 {
            Audience::Any
        } else if self.list.len() > self.muted.len() {
            Audience::Limited
        } else if self.has_muted() {
            Audience::Muted
        } else {
            Audience::None
        }
    }

    /// The subscribers with this name.
    pub(super) fn ids_of(&self, name: &Key) -> Vec<SubscriberId> {
        let registrations = self.list.iter().map(|entry| &entry.registration);
        let named = registrations.filter(|one| one.position.names.contains(name));
        named.map(Registration::id).collect()
    }

    /// The subscribers in running order, each with whether it is muted.
    pub(super) fn in_order(&self) -> Vec<(Registration, bool)> {
        let registrations: Vec<_> = self.list.iter().map(|entry| &entry.registration).collect();
        let order = order_of(&registrations).unwrap_or_default();
        let in_order = order.indices.iter().map(|&index| registrations[index]);
        in_order
            .map(|one| (one.clone(), self.muted.contains(&one.id())))
            .collect()
    }

    /// Updates which of the entries are muted. Returns whether that has changed.
    pub(super) fn set_muted(&mut self, muted: &Muted) -> bool {
        let mut is_changed = false;
        for entry in &self.list {
            let Registration { subscriber, .. } = &entry.registration;
            let id = entry.registration.id();
            let is_muted = muted.contains(id);
            if is_muted == self.muted.contains(&id) {
                continue;
            }
            is_changed = true;
            let is_unlimited = usize::from(subscriber.origin.is_none());
            if is_muted {
                self.muted.insert(id);
                self.unlimited -= is_unlimited;
            } else {
                self.muted.remove(&id);
                self.unlimited += is_unlimited;
            }
        }
        is_changed
    }

    /// Whether some are muted.
    pub(super) fn has_muted(&self) -> bool {
        !self.muted.is_empty()
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
        is_changed.then(|| build(of, declared, |_| false)).flatten()
    }

    /// The plan of all subscribers that are not muted; `None` if there are none.
    pub(super) fn plan(&self) -> Option<Plan> {
        build(self.of.as_ref()?, self.list.iter(), |id| {
            self.muted.contains(&id)
        })
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
            self.muted.remove(&entry.registration.id());
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
        let is_unlimited = registration.subscriber.origin.is_none();
        let is_muted = self.muted.contains(&registration.id());
        add(&mut self.unlimited, is_unlimited && !is_muted);
    }

    /// Whether some are subscribed at run time.
    pub(super) fn has_run_time(&self) -> bool {
        self.run_time > 0
    }
}

/// The plan of entries that were checked. A part of them is orderable if all are: it has fewer constraints.
fn build<'e>(
    of: &PlanType,
    entries: impl Iterator<Item = &'e CatchDrop<Entry>>,
    is_muted: impl Fn(SubscriberId) -> bool,
) -> Option<Plan> {
    let entries = entries.map(|entry| &**entry);
    plan(of.clone(), entries, is_muted).unwrap_or_default()
}
