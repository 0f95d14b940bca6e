//! Subscribing many handlers at once.

use std::{collections::BTreeSet, fmt, panic::Location};

use super::{
    builder::{NewSubscription, Waits},
    error::SubscribeError,
    subscription::{Member, Subscription},
};
use crate::{
    declared::Group,
    event::{Family, OwnedEvent},
    handler::Handler,
    metadata::Key,
    plan::{Entry, Hearing, Kind, Position},
    registry::{Registry, Writer},
};

/// Subscriptions that are made together, and dropped together: all of them, or, when one cannot be
/// made, none.
///
/// Each subscription alone makes a new plan of all handlers of its event. A batch makes one for each
/// event type, so a thousand handlers cost about what one costs beside a thousand others.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Opened(Vec<&'static str>);
///
/// #[derive(Event)]
/// struct Closed(Vec<&'static str>);
///
/// let registry = Registry::new();
/// let mut plugin = registry.batch();
/// plugin.on(|event: &mut Opened| event.0.push("opened"));
/// plugin.add(registry.subscribe(|event: &mut Closed| event.0.push("closed")).priority(5));
/// let plugin = plugin.register()?;
///
/// assert_eq!(registry.emit(Opened(vec![])).0, ["opened"]);
/// drop(plugin);
/// assert!(registry.emit(Closed(vec![])).0.is_empty());
/// # Ok::<(), events_core::SubscribeError>(())
/// ```
#[must_use = "nothing is subscribed before `.register()`"]
pub struct Batch {
    registry: Registry,
    group: Group,
    members: Vec<Member>,
}

impl Batch {
    pub(crate) fn new(registry: Registry) -> Self {
        Self::of(registry, Group::default(), Vec::new())
    }

    /// Of handlers that are made already.
    pub(crate) fn of(registry: Registry, group: Group, members: Vec<Member>) -> Self {
        Self {
            registry,
            group,
            members,
        }
    }

    /// Adds a function or closure that takes `&E` or `&mut E`; see [`Handler`].
    #[track_caller]
    pub fn on<E, M, H>(&mut self, handler: H)
    where
        E: OwnedEvent,
        H: Handler<E, M>,
    {
        let subscription = self.registry.subscribe(handler);
        self.add(subscription);
    }

    /// Adds a subscription with options, which waits for the others instead of being registered.
    ///
    /// # Panics
    ///
    /// When it is one of another registry.
    #[track_caller]
    pub fn add<F: Family, T>(&mut self, subscription: NewSubscription<F, T>) {
        assert!(
            *subscription.registry() == self.registry,
            "a batch takes subscriptions of its own registry; this one is of another, at {}",
            Location::caller(),
        );
        let (waits, member) = subscription.prepare();
        match waits {
            Waits::Typed(kind, entry) => self.group.add(kind, entry),
            Waits::Any(hearing) => self.group.hear(hearing),
        }
        self.members.push(member);
    }

    /// How many handlers it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether it has none; registering it then is no error.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Subscribes all of them; the next emit calls the handlers. Dropping what comes back
    /// unsubscribes all.
    ///
    /// # Errors
    ///
    /// When an id is taken, a target of `before` or `after` does not listen to its event, or these
    /// contradict each other. Nothing is subscribed then.
    pub fn register(self) -> Result<Subscription, SubscribeError> {
        let core = self.registry.core();
        let mut writer = core.writer();
        if let Some(error) = self.problem(&writer) {
            drop(writer);
            return Err(error);
        }
        let change = core.stage(&writer, self.group);
        let error = change.conflicts().next().map(SubscribeError::from);
        if let Some(error) = error {
            drop(writer);
            // Closures, and with them code of the user's: not under the lock.
            drop(change);
            return Err(error);
        }
        let retired = core.publish(&mut writer, change);
        let ids = self.members.iter().filter_map(Member::id);
        writer
            .ids
            .extend(ids.map(|(id, number)| (id.to_owned(), number)));
        drop(writer);
        drop(retired);
        Ok(Subscription::new(self.members))
    }

    /// What keeps it from being registered, before anything is ordered.
    fn problem(&self, writer: &Writer) -> Option<SubscribeError> {
        let mut own = BTreeSet::new();
        for (id, _) in self.members.iter().filter_map(Member::id) {
            if writer.ids.contains_key(id) || !own.insert(id) {
                return Some(SubscribeError::IdTaken { id: id.to_owned() });
            }
        }
        let typed = self.group.iter().find_map(|(kind, entry)| {
            let target = stray(&entry.position, |target| self.knows(writer, kind, target))?;
            Some((&entry.subscriber, target))
        });
        let by_topic = || {
            self.group.hearings().iter().find_map(|hearing| {
                let target = stray(&hearing.position, |target| self.knows_any(writer, target))?;
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
    fn knows(&self, writer: &Writer, kind: Kind, name: &Key) -> bool {
        let slot = self.registry.core().slot_for_change(kind);
        let hears = |hearing: &Hearing| {
            hearing.position.names.contains(name) && hearing.hears(kind.info.topic())
        };
        let mut hearings = self.group.hearings().iter().chain(&writer.hearings);
        let beside = |entry: &Entry| entry.position.names.contains(name);
        slot.knows(name) || self.group.of(kind).iter().any(beside) || hearings.any(hears)
    }

    /// Whether somebody of that name listens to whatever, or is about to.
    fn knows_any(&self, writer: &Writer, name: &Key) -> bool {
        let core = self.registry.core();
        let named = |position: &Position| position.names.contains(name);
        let mut hearings = self.group.hearings().iter().chain(&writer.hearings);
        let mut known = writer.known.values();
        self.group.iter().any(|(_, entry)| named(&entry.position))
            || hearings.any(|hearing| named(&hearing.position))
            || known.any(|kind| core.slot_for_change(*kind).knows(name))
    }
}

/// A target of `before` or `after` that is not known.
fn stray(position: &Position, knows: impl Fn(&Key) -> bool) -> Option<&Key> {
    let mut targets = position.before.iter().chain(&position.after);
    targets.find(|target| !knows(target))
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = self.group.iter().map(|(_, entry)| &entry.subscriber);
        let by_topic = self
            .group
            .hearings()
            .iter()
            .map(|hearing| &hearing.subscriber);
        f.debug_list().entries(typed.chain(by_topic)).finish()
    }
}
