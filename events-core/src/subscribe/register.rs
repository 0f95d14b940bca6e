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
fn unknown_target(position: &Position, knows: impl Fn(&Key) -> bool) -> Option<&Key> {
    let mut targets = position.before.iter().chain(&position.after);
    targets.find(|target| !knows(target))
}

impl PreparedEntry {
    pub(crate) fn add_to(self, group: &mut SubscriberGroup) {
        match self {
            Self::TypedView(kind, entry) => group.add(kind, entry),
            Self::Any(hearing) => group.hear(hearing),
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
        let typed = self.group.iter().find_map(|(kind, entry)| {
            let target = unknown_target(&entry.position, |target| self.knows(kind, target))?;
            Some((&entry.subscriber, target))
        });
        let by_topic = || {
            self.group.hearings().iter().find_map(|hearing| {
                let target = unknown_target(&hearing.position, |target| self.knows_any(target))?;
                Some((&hearing.subscriber, target))
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
    fn knows(&self, kind: EventType, name: &Key) -> bool {
        let slot = self.core.slot_for_change(kind);
        let hears = |hearing: &PatternEntry| {
            hearing.position.names.contains(name) && hearing.hears(kind.info.topic())
        };
        let mut hearings = self.group.hearings().iter().chain(&self.writer.hearings);
        let beside = |entry: &Entry| entry.position.names.contains(name);
        slot.knows(name) || self.group.of(kind).iter().any(beside) || hearings.any(hears)
    }

    /// Whether somebody of that name listens to whatever, or is about to.
    fn knows_any(&self, name: &Key) -> bool {
        let named = |position: &Position| position.names.contains(name);
        let mut hearings = self.group.hearings().iter().chain(&self.writer.hearings);
        let mut known = self.writer.known.values();
        self.group.iter().any(|(_, entry)| named(&entry.position))
            || hearings.any(|hearing| named(&hearing.position))
            || known.any(|kind| self.core.slot_for_change(*kind).knows(name))
    }
}
