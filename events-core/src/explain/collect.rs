//! The verdict of each subscriber of a registry, and of the linked ones that it lacks.

use std::{any::TypeId, borrow::Cow, collections::BTreeSet, sync::Arc};

use super::{
    explained::Explained,
    near::Nearness,
    verdict::{NotCalled, Verdict},
};
use crate::{
    declared::{EventSelector, Subscriber},
    metadata::{Key, Origin, SubscriberInfo, UnitPhase},
    plan::EventType,
    registry::{Core, Receiver},
    scan::{Declaration, Declarations},
};

/// How many subscribers of other events are listed.
const MOST_NEAR: usize = 8;

/// The event that is explained.
pub(super) struct Subject<'s> {
    pub(super) topic: &'s str,
    pub(super) origin: Option<&'s Origin>,
    /// `None` for a topic that is emitted without an event type.
    pub(super) event_type: Option<EventType>,
    pub(super) has_copy: bool,
}

/// The subscribers with their verdicts.
#[derive(Clone, Debug, Default)]
pub(super) struct Collected {
    /// Those that receive events with this topic, in running order.
    pub(super) own: Vec<Explained>,
    /// Declared ones that would, if they were registered.
    pub(super) missing: Vec<Explained>,
    /// Those of other events that could have been meant.
    pub(super) near: Vec<Explained>,
    /// All others.
    pub(super) far: Vec<Explained>,
}

impl Subject<'_> {
    pub(super) fn collect(&self, core: &Core) -> Collected {
        let own = match self.event_type {
            Some(event_type) => core.receivers_of(event_type),
            None => core.receivers_of_topic(self.topic),
        };
        let own_ids: BTreeSet<_> = own.iter().map(|receiver| receiver.id).collect();
        let mut others = core.all_receivers();
        let mut collected = Collected::default();
        self.add_declared(core, &others, &mut collected);
        others.retain(|receiver| !own_ids.contains(&receiver.id));
        let mut others: Vec<_> = others
            .into_iter()
            .map(|receiver| (Nearness::of(&receiver, self.topic), receiver))
            .collect();
        others.sort_by_key(|(nearness, _)| *nearness);
        for (index, (nearness, receiver)) in others.into_iter().enumerate() {
            let is_near = nearness < Nearness::Far && index < MOST_NEAR;
            let explained = explain_other(receiver);
            if is_near {
                collected.near.push(explained);
            } else {
                collected.far.push(explained);
            }
        }
        let own = own.into_iter();
        collected.own = own.map(|receiver| self.explain(receiver)).collect();
        collected
    }

    /// The verdict of a subscriber that receives events with this topic.
    fn explain(&self, receiver: Receiver) -> Explained {
        let subscriber = receiver.subscriber;
        let is_of_pattern = subscriber.pattern.is_some();
        let why_not = match &subscriber.origin {
            _ if receiver.is_muted => Some(NotCalled::Muted),
            Some(origin) if Some(origin) != self.origin => Some(NotCalled::Origin(origin.clone())),
            _ if subscriber.is_used_up() => Some(NotCalled::UsedUp),
            _ if subscriber.durable.is_some() => subscriber.durable.map(NotCalled::Durable),
            _ if subscriber.unit_phase == Some(UnitPhase::AfterRollback) => {
                Some(NotCalled::AfterRollback)
            }
            _ if is_of_pattern && subscriber.runs_later() && !self.has_copy => {
                Some(NotCalled::NoCopy)
            }
            _ => None,
        };
        let verdict = match why_not {
            Some(why) => Verdict::NotCalled(why),
            None if subscriber.conditional => Verdict::CalledIf,
            None => Verdict::Called,
        };
        let event = self.event_type.map(|event_type| event_type.info);
        Explained::new(subscriber, verdict, event)
    }

    /// Adds the linked subscribers that the registry lacks.
    fn add_declared(&self, core: &Core, present: &[Receiver], collected: &mut Collected) {
        let is_present = |key: &Key| present.iter().any(|receiver| receiver.names.contains(key));
        for declaration in Declarations::new().all() {
            let Declaration { subscriber, key } = declaration;
            let why = match subscriber.added_only {
                true if is_present(key) => continue,
                true => NotCalled::ListenerNotAdded,
                false if core.has_installed(subscriber.address()) => continue,
                false => NotCalled::NotScanned,
            };
            let info = Arc::new(info_of(declaration));
            if self.is_selected_by(subscriber) {
                collected.missing.push(Explained::not_called(info, why));
            } else {
                collected.far.push(Explained::not_called(info, why));
            }
        }
    }

    /// Whether a declared subscriber receives the event.
    fn is_selected_by(&self, subscriber: &Subscriber) -> bool {
        match subscriber.selector {
            EventSelector::Events(events) => {
                let is_own = |family: TypeId| {
                    self.event_type
                        .is_some_and(|event_type| event_type.family == family)
                };
                events.iter().any(|event| is_own(event().0))
            }
            EventSelector::Topic(pattern) => {
                let pattern = pattern.compile();
                pattern.is_ok_and(|pattern| pattern.matches(self.topic))
            }
        }
    }
}

/// The verdict of a subscriber of other events.
fn explain_other(receiver: Receiver) -> Explained {
    let why = match &receiver.subscriber.pattern {
        Some(pattern) => NotCalled::OtherTopics(pattern.clone()),
        None => NotCalled::OtherEvents(receiver.topics),
    };
    Explained::not_called(receiver.subscriber, why)
}

/// The description of a declared subscriber that is not registered.
fn info_of(declaration: &Declaration) -> SubscriberInfo {
    let Subscriber {
        name,
        module,
        location,
        options,
        selector,
        ..
    } = *declaration.subscriber;
    let topic = declaration.topics().first().copied().unwrap_or_default();
    let mut info = SubscriberInfo::new(topic.into(), name.into(), module, location, options);
    if let EventSelector::Topic(pattern) = selector {
        info.pattern = Some(Cow::Borrowed(pattern.text()));
    }
    info
}
