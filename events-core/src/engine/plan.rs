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
    pub(crate) about: About,
    pub(crate) link: Link<F>,
}

/// What is known of a subscriber beside its handler.
///
/// All that can be done with this alone is compiled once; what names `F` is compiled again for each
/// event type, so it is written in plain loops.
pub(crate) struct About {
    /// What a [`Subscription`](super::Subscription) finds it by; the address of a declared one.
    pub(crate) number: u64,
    /// Left by an attribute, and there for good.
    pub(crate) declared: bool,
    pub(crate) position: Position,
    pub(crate) subscriber: Arc<SubscriberInfo>,
}

/// Subscribers that each must run before the next, and the last before the first.
#[derive(Debug)]
pub(crate) struct Cycle(pub(crate) Vec<Arc<SubscriberInfo>>);

impl<F: Family> Plan<F> {
    /// The plan of these subscribers; `None` when there are none.
    pub(crate) fn of(entries: &[&Entry<F>]) -> Result<Option<Self>, Cycle> {
        let mut abouts = Vec::with_capacity(entries.len());
        for entry in entries {
            abouts.push(&entry.about);
        }
        let (order, subscribers) = in_order(&abouts)?;
        let Some((&first, rest)) = order.split_first() else {
            return Ok(None);
        };
        let mut links = Vec::with_capacity(rest.len());
        for &index in rest {
            links.push(entries[index].link.duplicate());
        }
        Ok(Some(Self {
            first: entries[first].link.duplicate(),
            rest: links.into_boxed_slice(),
            roster: Roster {
                info: F::info(),
                subscribers,
            },
        }))
    }
}

/// The indices of subscribers in running order, and who stands there.
#[expect(clippy::type_complexity, reason = "two views of one order")]
fn in_order(abouts: &[&About]) -> Result<(Vec<usize>, Box<[Arc<SubscriberInfo>]>), Cycle> {
    let positions: Vec<_> = abouts.iter().map(|about| &about.position).collect();
    let who = |indices: &[usize]| {
        let who = indices
            .iter()
            .map(|&index| Arc::clone(&abouts[index].subscriber));
        who.collect::<Vec<_>>()
    };
    match order::sort(&positions) {
        Ok(order) => {
            let subscribers = who(&order).into_boxed_slice();
            Ok((order, subscribers))
        }
        Err(cycle) => Err(Cycle(who(&cycle))),
    }
}
