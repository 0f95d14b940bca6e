//! One subscriber as its slot keeps it, and the plan that is made of several.

use std::{any::TypeId, borrow::Cow, sync::Arc};

use super::{
    event_plan::{HandlerKind, Plan},
    order::{self, Order, Position},
};
use crate::metadata::{EventInfo, SubscriberInfo};

/// One subscriber as its slot keeps it.
#[derive(Clone)]
pub(crate) struct Entry {
    /// What a [`Subscription`](super::Subscription) finds it by; the address of a declared one.
    pub(crate) number: u64,
    /// Left by an attribute, and there for good.
    pub(crate) declared: bool,
    pub(crate) position: Arc<Position>,
    pub(crate) subscriber: Arc<SubscriberInfo>,
    pub(crate) handler: HandlerKind,
}

/// Why subscribers cannot be ordered.
#[derive(Clone, Debug)]
pub(crate) enum Conflict {
    /// Each must run before the next, and the last before the first.
    Cycle(Vec<Arc<SubscriberInfo>>),
    /// The first must run before the second, and its turn is later.
    Unawaited([Arc<SubscriberInfo>; 2]),
}

impl Conflict {
    /// With who the subscribers are instead of their indices.
    pub(crate) fn of(
        conflict: order::OrderConflict,
        who: impl Fn(&usize) -> Arc<SubscriberInfo>,
    ) -> Self {
        match conflict {
            order::OrderConflict::Cycle(cycle) => Self::Cycle(cycle.iter().map(who).collect()),
            order::OrderConflict::Unawaited(pair) => Self::Unawaited(pair.each_ref().map(who)),
        }
    }
}

/// The plan of these subscribers; `None` when there are none.
pub(crate) fn plan<'e>(
    family: TypeId,
    info: &'static EventInfo,
    topic: Cow<'static, str>,
    entries: impl Iterator<Item = &'e Entry>,
) -> Result<Option<Plan>, Conflict> {
    let entries: Vec<_> = entries.collect();
    if entries.is_empty() {
        return Ok(None);
    }
    let positions: Vec<_> = entries.iter().map(|entry| &*entry.position).collect();
    let who = |index: &usize| Arc::clone(&entries[*index].subscriber);
    match order::sort(&positions) {
        Ok(Order {
            indices,
            dependencies,
        }) => {
            let handlers = indices.iter().map(|index| {
                let handler = entries[*index].handler.clone();
                (handler, who(index))
            });
            let place = |of: usize| indices.iter().position(|&index| index == of).unwrap_or(of);
            let dependencies = dependencies
                .iter()
                .map(|&(first, second)| (place(first), place(second)));
            Ok(Some(Plan::new(family, info, topic, handlers, dependencies)))
        }
        Err(conflict) => Err(Conflict::of(conflict, who)),
    }
}
