//! The entries of a slot, and the plans that are built from them.

use std::{
    collections::BTreeSet,
    ops::{Deref, DerefMut},
    sync::Arc,
};

use super::{
    entry::{Conflict, Entry, Registration, SubscriberId, order_of, plan},
    event_plan::Plan,
    muted::Muted,
};
use crate::{
    metadata::{Key, UnitPhase},
    policy::PlanType,
    primitives::CatchDrop,
};

/// The entries of a slot in the order in which they were added.
pub(super) struct SlotEntries {
    list: Vec<CatchDrop<Entry>>,
    /// The event type of the entries, if there are some or were.
    of: Option<PlanType>,
    /// How many are subscribed at run time.
    run_time: usize,
    /// How many have a `before` or an `after`.
    constrained: usize,
    /// How many are limited to no origin, and not muted. None of them is apart from emits.
    unlimited: usize,
    /// How many run after a rollback only, or are durable, and are not muted.
    apart: usize,
    /// How many do not run at once in a unit of work.
    later_in_unit: usize,
    /// Those that are muted.
    muted: BTreeSet<SubscriberId>,
}

/// The entries of a slot with their type erased; it allocates with the first one.
///
/// A slot is a static beside each event type. In each crate the compiler looks once through all types that are reachable
/// from there.
pub(super) struct ErasedEntries(Option<Box<dyn AsEntries>>);

trait AsEntries: Send {
    fn entries(&self) -> &SlotEntries;
    fn entries_mut(&mut self) -> &mut SlotEntries;
}

impl AsEntries for SlotEntries {
    fn entries(&self) -> &SlotEntries {
        self
    }

    fn entries_mut(&mut self) -> &mut SlotEntries {
        self
    }
}

impl ErasedEntries {
    pub(super) const NONE: Self = Self(None);
}

impl Deref for ErasedEntries {
    type Target = SlotEntries;

    fn deref(&self) -> &SlotEntries {
        match &self.0 {
            Some(entries) => entries.entries(),
            None => const { &SlotEntries::new() },
        }
    }
}

impl DerefMut for ErasedEntries {
    fn deref_mut(&mut self) -> &mut SlotEntries {
        let entries = self.0.get_or_insert_with(|| Box::new(SlotEntries::new()));
        entries.entries_mut()
    }
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
    const fn new() -> Self {
        Self {
            list: Vec::new(),
            of: None,
            run_time: 0,
            constrained: 0,
            unlimited: 0,
            apart: 0,
            later_in_unit: 0,
            muted: BTreeSet::new(),
        }
    }

    pub(super) fn audience(&self) -> Audience {
        if self.unlimited > 0 {
            Audience::Any
        } else if self.list.len() > self.muted.len() + self.apart {
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
        let event = self.of.as_ref().map(|of| of.info);
        let order = order_of(&registrations, event).unwrap_or_default();
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
            let count = if subscriber.is_apart() {
                &mut self.apart
            } else if subscriber.origin.is_none() {
                &mut self.unlimited
            } else {
                &mut 0
            };
            if is_muted {
                self.muted.insert(id);
                *count = count.saturating_sub(1);
            } else {
                self.muted.remove(&id);
                *count += 1;
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
    pub(super) fn check(
        &self,
        of: &PlanType,
        added: &[CatchDrop<Entry>],
    ) -> Result<(), Vec<Conflict>> {
        let is_constrained = |entry: &CatchDrop<Entry>| entry.registration.is_constrained();
        if self.constrained == 0 && !added.iter().any(is_constrained) {
            return Ok(());
        }
        let all = self.list.iter().chain(added);
        let registrations: Vec<_> = all.map(|entry| &entry.registration).collect();
        order_of(&registrations, Some(of.info)).map(|_| ())
    }

    /// The plan of the declared subscribers when these are added; `None` if none of these is declared.
    pub(super) fn declared_plan(&self, of: &PlanType, added: &[CatchDrop<Entry>]) -> Option<Plan> {
        let is_declared = |entry: &&CatchDrop<Entry>| entry.registration.declared;
        let declared = self.list.iter().chain(added).filter(is_declared);
        let is_changed = added.iter().any(|entry| is_declared(&entry));
        is_changed
            .then(|| build(of, declared, None, |_| false))
            .flatten()
    }

    /// The plan of all subscribers that are not muted, for an event outside of a unit of work, or the plan of a phase of a
    /// unit; `None` if there are none.
    pub(super) fn plan(&self, phase: Option<UnitPhase>) -> Option<Plan> {
        let is_muted = |id| self.muted.contains(&id);
        build(self.of.as_ref()?, self.list.iter(), phase, is_muted)
    }

    /// The plan of one durable subscriber alone; `None` if it is not here, or muted.
    pub(super) fn plan_of_durable(&self, id: SubscriberId) -> Option<Plan> {
        let mut entries = self.list.iter();
        let entry = entries.find(|entry| entry.registration.id() == id)?;
        let subscriber = Arc::clone(&entry.registration.subscriber);
        let is_delivered = subscriber.durable.is_some() && !self.muted.contains(&id);
        let handler = (entry.handler.clone(), subscriber);
        let of = self.of.clone().filter(|_| is_delivered)?;
        let handlers = [handler].into_iter();
        Some(Plan::new(of, handlers, Vec::new(), Box::default()))
    }

    /// Whether some do not run at once in a unit of work.
    pub(super) fn are_divided_in_unit(&self) -> bool {
        self.later_in_unit > 0
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
        let subscriber = &registration.subscriber;
        let is_unlimited = subscriber.origin.is_none();
        let is_muted = self.muted.contains(&registration.id());
        let is_apart = subscriber.is_apart();
        add(&mut self.apart, is_apart && !is_muted);
        add(&mut self.unlimited, is_unlimited && !is_muted && !is_apart);
        let at_once = self
            .of
            .as_ref()
            .is_some_and(|of| subscriber.unit_phase_for(of.info) == UnitPhase::AtOnce);
        let is_durable = subscriber.durable.is_some();
        add(&mut self.later_in_unit, !at_once && !is_durable);
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
    phase: Option<UnitPhase>,
    is_muted: impl Fn(SubscriberId) -> bool,
) -> Option<Plan> {
    let entries = entries.map(|entry| &**entry);
    plan(of.clone(), entries, phase, is_muted).unwrap_or_default()
}
