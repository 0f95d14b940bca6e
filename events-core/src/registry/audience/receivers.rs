//! The subscribers of an event in running order, and all subscribers of a registry.

use std::{any::TypeId, borrow::Cow, collections::BTreeMap, sync::Arc};

use crate::{
    metadata::{Key, Pattern, SubscriberInfo},
    plan::{EventType, Registration, Slot, SubscriberId, order_of},
    registry::core::{Core, HAS_HOOK},
};

/// A subscriber as its registry stores it.
pub(crate) struct Receiver {
    pub(crate) id: SubscriberId,
    pub(crate) subscriber: Arc<SubscriberInfo>,
    /// The names by which others refer to it.
    pub(crate) names: Vec<Key>,
    pub(crate) is_muted: bool,
    /// The topics of its events, or its pattern.
    pub(crate) topics: Vec<Cow<'static, str>>,
    /// The families of its events, in the list of all; none with a pattern.
    pub(crate) families: Vec<TypeId>,
    /// The pattern of a pattern subscriber, in the list of all.
    pub(crate) pattern: Option<Pattern>,
}

impl Receiver {
    fn new(registration: Registration, is_muted: bool) -> Self {
        Self {
            id: registration.id(),
            names: registration.position.names.clone(),
            is_muted,
            topics: vec![registration.subscriber.topic.clone()],
            families: Vec::new(),
            subscriber: registration.subscriber,
            pattern: None,
        }
    }
}

impl Core {
    /// The subscribers of an event type in the order in which an emit reaches them, whatever its origin, with the muted
    /// ones.
    pub(crate) fn receivers_of(&self, event_type: EventType) -> Vec<Receiver> {
        let has_patterns = self.has_patterns();
        let slot = match self.slot(event_type) {
            Some(slot) if !has_patterns || slot.has_resolved_patterns() => Some(slot),
            None if !has_patterns => None,
            _ => Some(self.resolve_patterns(event_type)),
        };
        let in_order = slot.map(Slot::in_order).unwrap_or_default();
        in_phases(in_order)
    }

    /// The same for a topic that is emitted without an event type.
    pub(crate) fn receivers_of_topic(&self, topic: &str) -> Vec<Receiver> {
        let writer = self.writer();
        let patterns = writer.patterns.iter().filter(|one| one.matches(topic));
        let topic: Cow<'static, str> = topic.to_owned().into();
        let of_topic = |registration: &Registration| {
            let mut registration = registration.clone();
            Arc::make_mut(&mut registration.subscriber).topic = topic.clone();
            registration
        };
        let registrations: Vec<_> = patterns.map(|one| of_topic(&one.registration)).collect();
        let all: Vec<_> = registrations.iter().collect();
        let order = order_of(&all, None).unwrap_or_default();
        let in_order = order.indices.iter().map(|&index| {
            let registration = registrations[index].clone();
            let is_muted = writer.muted.contains(registration.id());
            (registration, is_muted)
        });
        let in_order = in_order.collect();
        drop(writer);
        in_phases(in_order)
    }

    /// All subscribers, each once.
    pub(crate) fn all_receivers(&self) -> Vec<Receiver> {
        let writer = self.writer();
        let mut all: BTreeMap<SubscriberId, Receiver> = BTreeMap::new();
        for entry in &writer.patterns {
            let mut receiver = Receiver::new(entry.registration.clone(), false);
            receiver.is_muted = writer.muted.contains(receiver.id);
            receiver.pattern = Some(entry.pattern.clone());
            all.insert(receiver.id, receiver);
        }
        let slots = writer.known_types.values();
        let slots = slots.filter_map(|one| Some((one.family, self.slot(*one)?)));
        for (family, slot) in slots {
            for registration in slot.registrations() {
                if registration.subscriber.pattern.is_some() {
                    continue;
                }
                let topic = registration.subscriber.topic.clone();
                let is_muted = writer.muted.contains(registration.id());
                let receiver = all
                    .entry(registration.id())
                    .and_modify(|receiver| receiver.topics.push(topic))
                    .or_insert_with(|| Receiver::new(registration, is_muted));
                receiver.families.push(family);
            }
        }
        drop(writer);
        all.into_values().collect()
    }

    /// Whether there is a hook for events that no subscriber received.
    pub(crate) fn has_unheard_hook(&self) -> bool {
        self.has_flag(HAS_HOOK)
    }
}

/// The subscribers of the chain, then the others.
fn in_phases(in_order: Vec<(Registration, bool)>) -> Vec<Receiver> {
    let receivers = in_order.into_iter();
    let mut receivers: Vec<_> = receivers
        .map(|(registration, is_muted)| Receiver::new(registration, is_muted))
        .collect();
    receivers.sort_by_key(|receiver| receiver.subscriber.runs_later());
    receivers
}
