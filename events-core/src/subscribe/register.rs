//! The registration of prepared subscribers in a registry.
//!
//! It holds the lock of the registry from the first check to the publication of the new plans, so
//! no other change comes in between. User code does not run under the lock.

use std::{borrow::Cow, collections::BTreeSet};

use super::{
    error::SubscribeError,
    subscription::{Subscription, SubscriptionPart, share},
};
use crate::{
    metadata::{Key, SubscriberInfo},
    plan::{Entry, EventType, PatternEntry, Position, Registration},
    primitives::CatchDrop,
    registry::{Core, Registry, SubscriberGroup, Writer},
};

/// A subscriber that is ready to be registered.
pub(super) enum PreparedEntry {
    Exact(EventType, Entry),
    Pattern(PatternEntry),
}

/// The first target of `before` or `after` that is no subscriber. A target that may be absent is none of these.
fn unknown_target(position: &Position, has_subscriber: impl Fn(&Key) -> bool) -> Option<&Key> {
    let targets = position.before.iter().chain(&position.after);
    let required = targets.filter(|target| target.is_required);
    required
        .map(|target| &target.key)
        .find(|key| !has_subscriber(key))
}

impl PreparedEntry {
    pub(super) fn add_to(self, group: &mut SubscriberGroup) {
        match self {
            Self::Exact(event_type, entry) => group.add(event_type, entry),
            Self::Pattern(pattern_entry) => group.add_pattern(pattern_entry),
        }
    }
}

/// Registers a group of subscribers: all of them, or, with an error, none.
pub(crate) fn register(
    registry: &Registry,
    group: SubscriberGroup,
    parts: Vec<SubscriptionPart>,
) -> Result<Subscription, SubscribeError> {
    let core = registry.core();
    let mut writer = core.writer();
    let problem = Candidates {
        core,
        writer: &writer,
        group: &group,
        parts: &parts,
    }
    .problem();
    if let Some(error) = problem {
        drop(writer);
        return Err(error);
    }
    let names = core.is_intercepted().then(|| group.names());
    let transaction = core.stage(&writer, group);
    let error = transaction.conflicts().next().map(SubscribeError::from);
    if let Some(error) = error {
        drop(writer);
        // This drops closures, which may run user code: not under the lock.
        drop(transaction);
        return Err(error);
    }
    share(&parts);
    let garbage = core.publish(&mut writer, transaction);
    let ids = parts.iter().filter_map(SubscriptionPart::id);
    writer
        .ids
        .extend(ids.map(|(id, number)| (id.to_owned(), number)));
    drop(writer);
    drop(garbage);
    if let Some(names) = names {
        core.report_subscribed(names);
    }
    Ok(Subscription::new(parts))
}

/// The error of a policy that such a handler cannot have.
fn misplaced_policy(one: &SubscriberInfo) -> Option<SubscribeError> {
    let name = || one.to_string();
    if one.delay.is_some() && !one.deferred {
        return Some(SubscribeError::DelayNotDeferred { subscriber: name() });
    }
    if one.timeout.is_some() && !one.asynchronous && !one.awaited {
        return Some(SubscribeError::TimeoutNotAsync { subscriber: name() });
    }
    let is_misplaced = one.debounce.is_some() && !one.deferred;
    is_misplaced.then(|| SubscribeError::DebounceNotDeferred { subscriber: name() })
}

/// Subscribers that are to be registered, and the present subscribers of the registry.
struct Candidates<'c> {
    core: &'c Core,
    writer: &'c Writer,
    group: &'c SubscriberGroup,
    parts: &'c [SubscriptionPart],
}

impl Candidates<'_> {
    /// That the registry is of another copy, or else the first policy of a handler that it is not for, or else the first id
    /// in use, or else the first target of `before` or `after` that is no subscriber.
    fn problem(&self) -> Option<SubscribeError> {
        if self.core.is_of_another_copy() {
            return Some(SubscribeError::OtherCopy);
        }
        let exact = self.group.iter().map(|(_, entry)| &entry.registration);
        let patterns = self.group.patterns().iter();
        let mut registrations = exact.chain(patterns.map(|entry| &entry.registration));
        let misplaced = registrations.find_map(|one| misplaced_policy(&one.subscriber));
        if misplaced.is_some() {
            return misplaced;
        }
        let mut new_ids = BTreeSet::new();
        for (id, _) in self.parts.iter().filter_map(SubscriptionPart::id) {
            if self.writer.ids.contains_key(id) || !new_ids.insert(id) {
                return Some(SubscribeError::IdTaken { id: id.to_owned() });
            }
        }
        let exact = self.group.iter().find_map(|(event_type, entry)| {
            let registration = &entry.registration;
            let target = unknown_target(&registration.position, |target| {
                self.has_subscriber(event_type, target)
                    || self.has_subscriber_of_another_event(registration, target)
            })?;
            Some((registration, target))
        });
        let by_pattern = || {
            self.group.patterns().iter().find_map(|pattern_entry| {
                let target = unknown_target(&pattern_entry.registration.position, |target| {
                    self.has_subscriber_anywhere(target)
                })?;
                Some((&pattern_entry.registration, target))
            })
        };
        let (registration, target) = exact.or_else(by_pattern)?;
        Some(SubscribeError::UnknownTarget {
            subscriber: registration.subscriber.to_string(),
            target: target.to_string(),
            topic: self.topics(registration),
        })
    }

    /// The events that a subscriber of the group is to receive: several for a handler of a listener that lists several,
    /// which has one number.
    fn event_types_of(&self, registration: &Registration) -> impl Iterator<Item = EventType> {
        let number = registration.number;
        let entries = self.group.iter();
        let own = entries.filter(move |(_, entry)| entry.registration.number == number);
        own.map(|(event_type, _)| event_type)
    }

    /// Whether a subscriber of that name receives one of the events of this subscriber: as in a scan, one common event
    /// is enough for a target.
    fn has_subscriber_of_another_event(&self, registration: &Registration, name: &Key) -> bool {
        let mut event_types = self.event_types_of(registration);
        event_types.any(|event_type| self.has_subscriber(event_type, name))
    }

    /// The topics of the events of a subscriber, in the form of one text between two "`", or its pattern.
    fn topics(&self, registration: &Registration) -> Cow<'static, str> {
        let mut topics: Vec<_> = self
            .event_types_of(registration)
            .map(|event_type| event_type.info.topic())
            .collect();
        if topics.len() < 2 {
            return registration.subscriber.topic.clone();
        }
        topics.sort_unstable();
        topics.join("`, `").into()
    }

    /// Whether a subscriber of that name is registered for this event type, or is to be.
    fn has_subscriber(&self, event_type: EventType, name: &Key) -> bool {
        let matches = |pattern_entry: &CatchDrop<PatternEntry>| {
            pattern_entry.registration.position.names.contains(name)
                && pattern_entry.matches(event_type.info.topic())
        };
        let mut patterns = self.group.patterns().iter().chain(&self.writer.patterns);
        let has_name = |entry: &CatchDrop<Entry>| entry.registration.position.names.contains(name);
        self.is_in_slot(event_type, name)
            || self.group.of(event_type).iter().any(has_name)
            || patterns.any(matches)
    }

    /// Whether a subscriber of that name is registered for any event, or is to be.
    fn has_subscriber_anywhere(&self, name: &Key) -> bool {
        let named = |position: &Position| position.names.contains(name);
        let mut patterns = self.group.patterns().iter().chain(&self.writer.patterns);
        let mut known_types = self.writer.known_types.values();
        self.group
            .iter()
            .any(|(_, entry)| named(&entry.registration.position))
            || patterns.any(|pattern_entry| named(&pattern_entry.registration.position))
            || known_types.any(|event_type| self.is_in_slot(*event_type, name))
    }

    /// Whether a subscriber of that name has an entry in the slot of this event type.
    fn is_in_slot(&self, event_type: EventType, name: &Key) -> bool {
        let slot = self.core.slot(event_type);
        slot.is_some_and(|slot| slot.has_subscriber(name))
    }
}
