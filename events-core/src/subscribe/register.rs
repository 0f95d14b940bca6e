//! The registration of prepared subscriptions in a registry.

use std::collections::BTreeSet;

use super::{
    error::SubscribeError,
    subscription::{Subscription, SubscriptionPart},
};
use crate::{
    metadata::Key,
    plan::{Entry, EventType, PatternEntry, Position},
    registry::{Core, Registry, SubscriberGroup, Writer},
};

/// A subscription that waits to be made.
pub(crate) enum PreparedEntry {
    TypedView(EventType, Entry),
    Any(PatternEntry),
}

/// A target of `before` or `after` that is not known.
fn unknown_target(position: &Position, has_subscriber: impl Fn(&Key) -> bool) -> Option<&Key> {
    let mut targets = position.before.iter().chain(&position.after);
    targets.find(|target| !has_subscriber(target))
}

impl PreparedEntry {
    pub(crate) fn add_to(self, group: &mut SubscriberGroup) {
        match self {
            Self::TypedView(event_type, entry) => group.add(event_type, entry),
            Self::Any(pattern_entry) => group.add_pattern(pattern_entry),
        }
    }
}

/// Registers a group of subscribers together: all of them, or, with an error, none.
pub(crate) fn register(
    registry: &Registry,
    group: SubscriberGroup,
    members: Vec<SubscriptionPart>,
) -> Result<Subscription, SubscribeError> {
    let core = registry.core();
    let mut writer = core.writer();
    let problem = Candidates {
        core,
        writer: &writer,
        group: &group,
        members: &members,
    }
    .problem();
    if let Some(error) = problem {
        drop(writer);
        return Err(error);
    }
    let change = core.stage(&writer, group);
    let error = change.conflicts().next().map(SubscribeError::from);
    if let Some(error) = error {
        drop(writer);
        // Closures, and with them code of the user's: not under the lock.
        drop(change);
        return Err(error);
    }
    let retired = core.publish(&mut writer, change);
    let ids = members.iter().filter_map(SubscriptionPart::id);
    writer
        .ids
        .extend(ids.map(|(id, number)| (id.to_owned(), number)));
    drop(writer);
    drop(retired);
    Ok(Subscription::new(members))
}

/// Subscribers that are about to be registered, and the registry's present state.
struct Candidates<'c> {
    core: &'c Core,
    writer: &'c Writer,
    group: &'c SubscriberGroup,
    members: &'c [SubscriptionPart],
}

impl Candidates<'_> {
    /// What keeps it from being registered, before anything is ordered.
    fn problem(&self) -> Option<SubscribeError> {
        let mut own = BTreeSet::new();
        for (id, _) in self.members.iter().filter_map(SubscriptionPart::id) {
            if self.writer.ids.contains_key(id) || !own.insert(id) {
                return Some(SubscribeError::IdTaken { id: id.to_owned() });
            }
        }
        let typed = self.group.iter().find_map(|(event_type, entry)| {
            let target = unknown_target(&entry.position, |target| {
                self.has_subscriber(event_type, target)
            })?;
            Some((&entry.subscriber, target))
        });
        let by_topic = || {
            self.group.patterns().iter().find_map(|pattern_entry| {
                let target = unknown_target(&pattern_entry.position, |target| {
                    self.has_subscriber_anywhere(target)
                })?;
                Some((&pattern_entry.subscriber, target))
            })
        };
        let (subscriber, target) = typed.or_else(by_topic)?;
        Some(SubscribeError::UnknownTarget {
            subscriber: subscriber.to_string(),
            target: target.to_string(),
            topic: subscriber.topic.clone(),
        })
    }

    /// Whether somebody of that name listens to these events, or is about to.
    fn has_subscriber(&self, event_type: EventType, name: &Key) -> bool {
        let slot = self.core.slot_for_change(event_type);
        let matches = |pattern_entry: &PatternEntry| {
            pattern_entry.position.names.contains(name)
                && pattern_entry.matches(event_type.info.topic())
        };
        let mut patterns = self.group.patterns().iter().chain(&self.writer.patterns);
        let beside = |entry: &Entry| entry.position.names.contains(name);
        slot.has_subscriber(name)
            || self.group.of(event_type).iter().any(beside)
            || patterns.any(matches)
    }

    /// Whether somebody of that name listens to whatever, or is about to.
    fn has_subscriber_anywhere(&self, name: &Key) -> bool {
        let named = |position: &Position| position.names.contains(name);
        let mut patterns = self.group.patterns().iter().chain(&self.writer.patterns);
        let mut known_types = self.writer.known_types.values();
        self.group.iter().any(|(_, entry)| named(&entry.position))
            || patterns.any(|pattern_entry| named(&pattern_entry.position))
            || known_types
                .any(|event_type| self.core.slot_for_change(*event_type).has_subscriber(name))
    }
}
