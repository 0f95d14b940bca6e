//! Subscribing many handlers at once.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    panic::Location,
};

use super::{
    entry::Entry,
    install::Group,
    registry::Registry,
    slots::Kind,
    subscribe::NewSubscription,
    subscribe_error::SubscribeError,
    subscription::{Member, Subscription},
};
use crate::{
    event::{Family, OwnedEvent},
    handler::Handler,
    words::Key,
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
    pub(super) fn new(registry: Registry) -> Self {
        Self {
            registry,
            group: Group::default(),
            members: Vec::new(),
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
        let (entry, member) = subscription.prepare();
        self.group.add(member.kind(), entry);
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
        if let Some(error) = self.problem(&writer.ids) {
            drop(writer);
            return Err(error);
        }
        let (mut staged, mut refused) = (Vec::new(), Vec::new());
        for (kind, entries) in self.group.into_kinds() {
            let slot = core.slot_for_change(kind);
            match slot.stage(kind.family, kind.info, entries) {
                Ok(change) => staged.push((slot, change)),
                Err(told) => refused.push(told),
            }
        }
        if let Some((conflict, _)) = refused.first() {
            let error = SubscribeError::from(conflict);
            drop(writer);
            // Closures, and with them code of the user's: not under the lock.
            drop((refused, staged));
            return Err(error);
        }
        let retired: Vec<_> = staged
            .into_iter()
            .map(|(slot, change)| slot.publish(change))
            .collect();
        let ids = self.members.iter().filter_map(Member::id);
        writer
            .ids
            .extend(ids.map(|(id, number)| (id.to_owned(), number)));
        drop(writer);
        drop(retired);
        Ok(Subscription::new(self.members))
    }

    /// What keeps it from being registered, before anything is ordered.
    fn problem(&self, taken: &BTreeMap<String, u64>) -> Option<SubscribeError> {
        let mut own = BTreeSet::new();
        for (id, _) in self.members.iter().filter_map(Member::id) {
            if taken.contains_key(id) || !own.insert(id) {
                return Some(SubscribeError::IdTaken { id: id.to_owned() });
            }
        }
        self.group.iter().find_map(|(kind, entry)| {
            let targets = entry.position.before.iter().chain(&entry.position.after);
            let target = targets
                .into_iter()
                .find(|target| !self.knows(kind, target))?;
            Some(SubscribeError::UnknownTarget {
                subscriber: entry.subscriber.to_string(),
                target: target.to_string(),
                topic: kind.info.topic(),
            })
        })
    }

    /// Whether somebody of that name listens to these events, or is about to.
    fn knows(&self, kind: Kind, name: &Key) -> bool {
        let beside = |entry: &Entry| entry.position.names.contains(name);
        let slot = self.registry.core().slot_for_change(kind);
        slot.knows(name) || self.group.of(kind).iter().any(beside)
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let subscribers = self.group.iter().map(|(_, entry)| &entry.subscriber);
        f.debug_list().entries(subscribers).finish()
    }
}
