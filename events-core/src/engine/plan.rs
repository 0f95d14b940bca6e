//! A plan: the handlers of one event type in running order, ready to run.

use std::sync::Arc;

use super::order::{self, Position};
use crate::{
    event::Family,
    handler::{Link, Roster},
    words::SubscriberInfo,
};

/// The handlers of one event type in running order, at least one, and beside each who it is.
pub(crate) struct Plan<F: Family> {
    pub(crate) first: Link<F>,
    pub(crate) rest: Box<[Link<F>]>,
    pub(crate) roster: Roster,
}

/// One subscriber as its slot keeps it; plans are made from these.
pub(crate) struct Entry<F: Family> {
    /// What a [`Subscription`](super::Subscription) finds it by.
    pub(crate) number: u64,
    /// Left by an attribute, and there for good.
    pub(crate) declared: bool,
    pub(crate) position: Position,
    pub(crate) subscriber: Arc<SubscriberInfo>,
    pub(crate) link: Link<F>,
}

/// Subscribers that each must run before the next, and the last before the first.
#[derive(Debug)]
pub(crate) struct Cycle(pub(crate) Vec<Arc<SubscriberInfo>>);

impl<F: Family> Plan<F> {
    /// The plan of these subscribers; `None` when there are none.
    pub(crate) fn of<'e>(
        entries: impl Iterator<Item = &'e Entry<F>>,
    ) -> Result<Option<Self>, Cycle> {
        let entries: Vec<_> = entries.collect();
        let positions: Vec<_> = entries.iter().map(|entry| &entry.position).collect();
        let who = |&index: &usize| Arc::clone(&entries[index].subscriber);
        let order =
            order::sort(&positions).map_err(|cycle| Cycle(cycle.iter().map(who).collect()))?;
        let mut links = order.iter().map(|&index| entries[index].link.duplicate());
        let Some(first) = links.next() else {
            return Ok(None);
        };
        Ok(Some(Self {
            first,
            rest: links.collect(),
            roster: Roster {
                info: F::info(),
                subscribers: order.iter().map(who).collect(),
            },
        }))
    }
}
