//! Several subscriptions that are registered together: all of them, or none.

use std::{fmt, panic::Location, sync::Arc};

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

/// Subscriptions that are registered together and dropped together. If one of them cannot be
/// registered, none is.
///
/// After each registration, the next emit of the event type builds the order of all its subscribers, and a
/// registration with `before` or `after` checks that order. A batch is one change of each event type, however many
/// handlers it contains.
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
    parts: Vec<SubscriptionPart>,
}

impl Batch {
    pub(crate) fn new(registry: Registry) -> Self {
        Self {
            registry,
            group: SubscriberGroup::default(),
            parts: Vec::new(),
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

    /// Adds a subscription with options. [`register`](Self::register) registers it with the others.
    ///
    /// # Panics
    ///
    /// When the subscription belongs to another registry.
    #[track_caller]
    pub fn add<F: Family, T>(&mut self, subscription: NewSubscription<F, T>) {
        assert!(
            *subscription.registry() == self.registry,
            "the subscription added at {} belongs to another registry; \
             create it with the registry of the batch",
            Location::caller(),
        );
        let (entry, part) = subscription.prepare();
        entry.add_to(&mut self.group);
        self.parts.push(part);
    }

    /// The number of handlers.
    #[must_use]
    pub fn len(&self) -> usize {
        self.parts.len()
    }

    /// Whether there are no handlers. Registering an empty batch is no error.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Subscribes all handlers; the next emit calls them. Dropping the returned subscription
    /// unsubscribes all.
    ///
    /// # Errors
    ///
    /// When an id is in use, a target of `before` or `after` is not subscribed to the event, or
    /// these options contradict each other. Nothing is subscribed then.
    pub fn register(mut self) -> Result<Subscription, SubscribeError> {
        // They were numbered when they were added, and rank by when they are registered.
        for registration in self.group.registrations_mut() {
            let number = self.registry.core().next_number();
            let position = Arc::make_mut(&mut registration.position);
            position.rank = position.rank.with_number(number);
        }
        register(&self.registry, self.group, self.parts)
    }
}

impl fmt::Debug for Batch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let exact = self
            .group
            .iter()
            .map(|(_, entry)| &entry.registration.subscriber);
        let by_pattern = self
            .group
            .patterns()
            .iter()
            .map(|pattern_entry| &pattern_entry.registration.subscriber);
        f.debug_list().entries(exact.chain(by_pattern)).finish()
    }
}
