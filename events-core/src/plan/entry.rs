//! The entry of one subscriber in a slot, and the plan that is built from entries.

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use super::{
    event_plan::{HandlerKind, Plan},
    order::{self, Order, Position},
};
use crate::{
    metadata::{EventInfo, SubscriberInfo, UnitPhase},
    policy::PlanType,
};

/// Identifies a subscriber of a registry, with all its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SubscriberId {
    declared: bool,
    number: u64,
}

impl SubscriberId {
    /// The number of its registration.
    pub(crate) fn number(self) -> u64 {
        self.number
    }
}

/// A subscriber as its registry stores it, apart from its handler.
#[derive(Clone)]
pub(crate) struct Registration {
    /// Identifies the subscriber, for example when it is removed. Of a declared one: the address of its
    /// declaration.
    pub(crate) number: u64,
    /// Whether it was left by an attribute at link time; such an entry is never removed.
    pub(crate) declared: bool,
    pub(crate) position: Arc<Position>,
    pub(crate) subscriber: Arc<SubscriberInfo>,
}

impl Registration {
    pub(crate) fn id(&self) -> SubscriberId {
        SubscriberId {
            declared: self.declared,
            number: self.number,
        }
    }

    /// Whether it has a `before` or an `after`.
    pub(crate) fn is_constrained(&self) -> bool {
        !self.position.before.is_empty() || !self.position.after.is_empty()
    }
}

/// One subscriber in a slot.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) registration: Registration,
    pub(crate) handler: HandlerKind,
}

/// Why subscribers cannot be ordered.
#[derive(Clone, Debug)]
pub(crate) enum Conflict {
    /// Each must run before the next, and the last before the first.
    Cycle(Vec<Arc<SubscriberInfo>>),
    /// The first must run before the second, but its phase comes later.
    Unawaited([Arc<SubscriberInfo>; 2]),
    /// The first must run before the second, but in a unit of work it runs later, or not in the same event.
    Divided([Arc<SubscriberInfo>; 2]),
}

impl Conflict {
    /// Replaces the indices of the subscribers by their descriptions.
    fn of(
        conflict: order::OrderConflict,
        subscriber_at: impl Fn(&usize) -> Arc<SubscriberInfo>,
    ) -> Self {
        match conflict {
            order::OrderConflict::Cycle(cycle) => {
                Self::Cycle(cycle.iter().map(subscriber_at).collect())
            }
            order::OrderConflict::Unawaited(pair) => {
                Self::Unawaited(pair.each_ref().map(subscriber_at))
            }
            order::OrderConflict::Divided(pair) => {
                Self::Divided(pair.each_ref().map(subscriber_at))
            }
        }
    }

    /// The topics and patterns of its subscribers.
    pub(crate) fn topics(&self) -> BTreeSet<Cow<'static, str>> {
        let subscribers = match self {
            Self::Cycle(cycle) => cycle.as_slice(),
            Self::Unawaited(pair) | Self::Divided(pair) => pair,
        };
        let topics = subscribers.iter().map(|subscriber| &subscriber.topic);
        topics.cloned().collect()
    }
}

/// The running order of these subscribers, each given by its index, for events of that type; `None` if there may be
/// several.
pub(crate) fn order_of(
    registrations: &[&Registration],
    event: Option<&EventInfo>,
) -> Result<Order, Vec<Conflict>> {
    let positions: Vec<_> = registrations
        .iter()
        .map(|registration| &*registration.position)
        .collect();
    let subscriber_at = |index: &usize| Arc::clone(&registrations[*index].subscriber);
    let of_event = event.map(default_phase);
    order::sort(&positions, of_event).map_err(|conflicts| {
        let conflicts = conflicts.into_iter();
        conflicts
            .map(|conflict| Conflict::of(conflict, subscriber_at))
            .collect()
    })
}

/// The phase of a unit of work in which subscribers run that have none of their own.
fn default_phase(event: &EventInfo) -> UnitPhase {
    if event.is_after_commit() {
        UnitPhase::AfterCommit
    } else {
        UnitPhase::AtOnce
    }
}

/// Builds the plan of these subscribers, without the muted ones, which have their place in the order only. With a phase of a
/// unit of work it is the plan of that phase; else it has all but those that run after a rollback. Durable ones are in none. `None` if no other is left.
pub(crate) fn plan<'e>(
    of: PlanType,
    entries: impl Iterator<Item = &'e Entry>,
    phase: Option<UnitPhase>,
    is_muted: impl Fn(SubscriberId) -> bool,
) -> Result<Option<Plan>, Vec<Conflict>> {
    let entries: Vec<_> = entries.collect();
    if entries.is_empty() {
        return Ok(None);
    }
    let registrations: Vec<_> = entries.iter().map(|entry| &entry.registration).collect();
    let mut order = order_of(&registrations, Some(of.info))?;
    let runs_later = |index: usize| registrations[index].subscriber.runs_later();
    let is_of_other_phase = |index: usize| {
        let subscriber = &registrations[index].subscriber;
        if subscriber.durable.is_some() {
            return true;
        }
        let of_subscriber = subscriber.unit_phase_for(of.info);
        match phase {
            Some(phase) => of_subscriber != phase,
            None => of_subscriber == UnitPhase::AfterRollback,
        }
    };
    order.leave_out(is_of_other_phase, runs_later);
    let muted = order.leave_out(|index| is_muted(registrations[index].id()), runs_later);
    let Order {
        indices,
        dependencies,
    } = order;
    if indices.is_empty() {
        return Ok(None);
    }
    let handlers = indices.iter().map(|&index| {
        let entry = entries[index];
        let subscriber = Arc::clone(&entry.registration.subscriber);
        (entry.handler.clone(), subscriber)
    });
    let dependencies = in_running_order(dependencies, &indices, entries.len());
    let muted = muted.into_iter();
    let muted = muted.map(|(at, index)| (at, Arc::clone(&registrations[index].subscriber)));
    let muted = muted.collect();
    Ok(Some(Plan::new(of, handlers, dependencies, muted)))
}

/// Replaces each index of an entry by its index in the running order.
fn in_running_order(
    mut dependencies: Vec<(usize, usize)>,
    indices: &[usize],
    entries: usize,
) -> Vec<(usize, usize)> {
    if dependencies.is_empty() {
        return dependencies;
    }
    let mut running_indices = vec![0; entries];
    for (running_index, &index) in indices.iter().enumerate() {
        running_indices[index] = running_index;
    }
    for (first, second) in &mut dependencies {
        (*first, *second) = (running_indices[*first], running_indices[*second]);
    }
    dependencies
}
