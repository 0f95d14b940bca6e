//! One subscriber as its slot keeps it, and the plan that is made of several.

use std::sync::Arc;

use super::order::{self, Position};
use crate::{
    handler::{Plan, Wired},
    words::{EventInfo, SubscriberInfo},
};

/// One subscriber as its slot keeps it.
#[derive(Clone)]
pub(crate) struct Entry {
    /// What a [`Subscription`](super::Subscription) finds it by; the address of a declared one.
    pub(crate) number: u64,
    /// Left by an attribute, and there for good.
    pub(crate) declared: bool,
    pub(crate) position: Arc<Position>,
    pub(crate) subscriber: Arc<SubscriberInfo>,
    pub(crate) handler: Wired,
}

/// Subscribers that each must run before the next, and the last before the first.
#[derive(Debug)]
pub(crate) struct Cycle(pub(crate) Vec<Arc<SubscriberInfo>>);

/// The plan of these subscribers; `None` when there are none.
pub(crate) fn plan<'e>(
    info: &'static EventInfo,
    entries: impl Iterator<Item = &'e Entry>,
) -> Result<Option<Plan>, Cycle> {
    let entries: Vec<_> = entries.collect();
    if entries.is_empty() {
        return Ok(None);
    }
    let positions: Vec<_> = entries.iter().map(|entry| &*entry.position).collect();
    let who = |index: &usize| Arc::clone(&entries[*index].subscriber);
    match order::sort(&positions) {
        Ok(order) => {
            let handlers = order.iter().map(|&index| entries[index].handler.clone());
            let subscribers = order.iter().map(who);
            Ok(Some(Plan::new(
                info,
                handlers.collect(),
                subscribers.collect(),
            )))
        }
        Err(cycle) => Err(Cycle(cycle.iter().map(who).collect())),
    }
}
