//! The entry of one subscriber in a slot, and the plan that is built from entries.

use std::{borrow::Cow, collections::BTreeSet, sync::Arc};

use super::{
    event_plan::{HandlerKind, Plan},
    order::{self, Order, Position},
};
use crate::{metadata::SubscriberInfo, policy::PlanType};

/// Identifies a subscriber of a registry, with all its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SubscriberId {
    declared: bool,
    number: u64,
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
        }
    }

    /// The topics and patterns of its subscribers.
    pub(crate) fn topics(&self) -> BTreeSet<Cow<'static, str>> {
        let subscribers = match self {
            Self::Cycle(cycle) => cycle.as_slice(),
            Self::Unawaited(pair) => pair,
        };
        let topics = subscribers.iter().map(|subscriber| &subscriber.topic);
        topics.cloned().collect()
    }
}

/// The running order of these subscribers, each given by its index.
pub(crate) fn order_of(registrations: &[&Registration]) -> Result<Order, Vec<Conflict>> {
    let positions: Vec<_> = registrations
        .iter()
        .map(|registration| &*registration.position)
        .collect();
    let subscriber_at = |index: &usize| Arc::clone(&registrations[*index].subscriber);
    order::sort(&positions).map_err(|conflicts| {
        let conflicts = conflicts.into_iter();
        conflicts
            .map(|conflict| Conflict::of(conflict, subscriber_at))
            .collect()
    })
}

/// Builds the plan of these subscribers, without the muted ones, which have their place in the order only. `None` if no
/// other is left.
pub(crate) fn plan<'e>(
    of: PlanType,
    entries: impl Iterator<Item = &'e Entry>,
    is_muted: impl Fn(SubscriberId) -> bool,
) -> Result<Option<Plan>, Vec<Conflict>> {
    let entries: Vec<_> = entries.collect();
    if entries.is_empty() {
        return Ok(None);
    }
    let registrations: Vec<_> = entries.iter().map(|entry| &entry.registration).collect();
    let mut order = order_of(&registrations)?;
    let muted = order.leave_out(|index| is_muted(registrations[index].id()));
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
    let muted = muted.map(|index| Arc::clone(&registrations[index].subscriber));
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
