//! Durable subscribers that share an id.

use std::collections::BTreeMap;

use crate::{
    metadata::SubscriberInfo,
    registry::{Core, SubscriberGroup},
    scan::problem::Problem,
};

/// A problem for each id that several durable subscribers have, of those that a scan adds and those that the registry has.
/// The methods of a listener that is added at run time are not among those that a scan adds.
pub(in crate::scan) fn duplicate_ids(core: &Core, group: &mut SubscriberGroup) -> Vec<Problem> {
    let mut by_id: BTreeMap<_, BTreeMap<u64, String>> = BTreeMap::new();
    let mut add = |number, subscriber: &SubscriberInfo| {
        if let Some(id) = subscriber.durable {
            by_id
                .entry(id)
                .or_default()
                .insert(number, subscriber.to_string());
        }
    };
    for registration in group.registrations_mut() {
        add(registration.number, &registration.subscriber);
    }
    if by_id.is_empty() {
        return Vec::new();
    }
    let mut add = |number, subscriber: &SubscriberInfo| {
        if let Some(subscribers) = subscriber.durable.and_then(|id| by_id.get_mut(id)) {
            subscribers.insert(number, subscriber.to_string());
        }
    };
    for receiver in core.all_receivers() {
        add(receiver.id.number(), &receiver.subscriber);
    }
    let shared = by_id
        .into_iter()
        .filter(|(_, subscribers)| subscribers.len() > 1);
    shared
        .map(|(id, subscribers)| {
            let mut subscribers: Vec<_> = subscribers.into_values().collect();
            subscribers.sort();
            Problem::DuplicateId { id, subscribers }
        })
        .collect()
}
