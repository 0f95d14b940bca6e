//! Subscribing many handlers at once.

use std::{fmt, panic::Location};

use super::{
    builder::NewSubscription,
    error::SubscribeError,
    register::register,
    subscription::{Subscription, SubscriptionPart},
};
use crate::{
    event::{Family, OwnedEvent},
    handler::Handler,
    registry::{Registry, SubscriberGroup},
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
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
#[must_use = "nothing is subscribed before `.register()`"]
pub struct Batch {
    registry: Registry,
    group: SubscriberGroup,
    members: Vec<SubscriptionPart>,
}

impl Batch {
    pub(crate) fn new(registry: Registry) -> Self {
        Self {
            registry,
            group: SubscriberGroup::default(),
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
        let (waits, member) = subscription.prepare();
        waits.add_to(&mut self.group);
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
        register(&self.registry, self.group, self.members)
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = self.group.iter().map(|(_, entry)| &entry.subscriber);
        let by_topic = self
            .group
            .patterns()
            .iter()
            .map(|pattern_entry| &pattern_entry.subscriber);
        f.debug_list().entries(typed.chain(by_topic)).finish()
    }
}
