//! The registration of prepared subscriptions in a registry.

use std::collections::BTreeSet;

use super::{
    error::SubscribeError,
    subscription::{Member, Subscription},
};
use crate::{
    metadata::Key,
    plan::{Entry, Hearing, Kind, Position},
    registry::{Core, Group, Registry, Writer},
};

/// A subscription that waits to be made.
pub(crate) enum Waits {
    Typed(Kind, Entry),
    Any(Hearing),
}

/// A target of `before` or `after` that is not known.
fn stray(position: &Position, knows: impl Fn(&Key) -> bool) -> Option<&Key> {
    let mut targets = position.before.iter().chain(&position.after);
    targets.find(|target| !knows(target))
}

impl Waits {
    pub(crate) fn add_to(self, group: &mut Group) {
        match self {
            Self::Typed(kind, entry) => group.add(kind, entry),
            Self::Any(hearing) => group.hear(hearing),
        }
    }
}

/// Registers a group of subscribers together: all of them, or, with an error, none.
pub(crate) fn register(
    registry: &Registry,
    group: Group,
    members: Vec<Member>,
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
    let ids = members.iter().filter_map(Member::id);
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
    group: &'c Group,
    members: &'c [Member],
}

impl Candidates<'_> {
    /// What keeps it from being registered, before anything is ordered.
    fn problem(&self) -> Option<SubscribeError> {
        let mut own = BTreeSet::new();
        for (id, _) in self.members.iter().filter_map(Member::id) {
            if self.writer.ids.contains_key(id) || !own.insert(id) {
                return Some(SubscribeError::IdTaken { id: id.to_owned() });
            }
        }
        let typed = self.group.iter().find_map(|(kind, entry)| {
            let target = stray(&entry.position, |target| self.knows(kind, target))?;
            Some((&entry.subscriber, target))
        });
        let by_topic = || {
            self.group.hearings().iter().find_map(|hearing| {
                let target = stray(&hearing.position, |target| self.knows_any(target))?;
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
    fn knows(&self, kind: Kind, name: &Key) -> bool {
        let slot = self.core.slot_for_change(kind);
        let hears = |hearing: &Hearing| {
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
