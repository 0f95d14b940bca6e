//! Subscribing at run time, with options.

use std::{fmt, sync::Arc};

use super::{
    batch::Batch,
    entry::Entry,
    listening::{Filters, Listening},
    order::{Position, Rank},
    registry::Registry,
    slots::Kind,
    subscribe_error::SubscribeError,
    subscription::{Leave, Member, Subscription},
};
use crate::{
    event::Family,
    handler::{Run, Step, Wired},
    words::{IntoKey, Key, Location, SubscriberInfo},
};

/// A subscription about to be made: options, and then [`register`](Self::register).
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Tick(u32);
///
/// let registry = Registry::new();
/// let first = registry
///     .subscribe(|tick: &mut Tick| tick.0 += 1)
///     .id("count")
///     .priority(5)
///     .once()
///     .register()?;
/// let second = registry.subscribe(|tick: &mut Tick| tick.0 *= 10).after("count").register()?;
///
/// let again = registry.subscribe(|_: &Tick| ()).id("count").register();
/// assert_eq!(
///     again.unwrap_err().to_string(),
///     "a subscriber with the id `count` is registered already; \
///      give this one another id, or drop that one's Subscription first",
/// );
///
/// assert_eq!(registry.emit(Tick(1)).0, 20);
/// assert_eq!(registry.emit(Tick(1)).0, 10);
/// # Ok::<(), events_core::SubscribeError>(())
/// ```
#[must_use = "nothing is subscribed before `.register()`"]
pub struct NewSubscription<F: Family, H> {
    registry: Registry,
    handler: H,
    subscriber: SubscriberInfo,
    id: Option<String>,
    names: Vec<Key>,
    before: Vec<Key>,
    after: Vec<Key>,
    when: Option<When<F>>,
}

/// A condition on the event.
pub(super) type When<F> = Box<dyn Fn(&<F as Family>::Of<'_>) -> bool + Send + Sync>;

impl<F, H> NewSubscription<F, H>
where
    F: Family,
    H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
{
    pub(super) fn new(
        registry: Registry,
        location: Location,
        name: Key,
        changes: bool,
        handler: H,
    ) -> Self {
        Self {
            registry,
            handler,
            subscriber: SubscriberInfo {
                topic: F::declared().info.topic(),
                name: name.to_name(),
                module: "",
                location,
                priority: 0,
                origin: None,
                changes,
                once: false,
            },
            id: None,
            names: vec![name],
            before: Vec::new(),
            after: Vec::new(),
            when: None,
        }
    }

    /// High runs first; 0 unless told.
    pub fn priority(mut self, priority: i32) -> Self {
        self.subscriber.priority = priority;
        self
    }

    /// Listens only to events that are emitted from there: a function, `Origin::of::<Type>()`, or
    /// a text.
    pub fn origin<M>(mut self, origin: impl IntoKey<M>) -> Self {
        self.subscriber.origin = Some(origin.into_key().into());
        self
    }

    /// Listens only to events for which this holds, asked when it is the handler's turn. A panic in
    /// it counts as a failure of the subscriber.
    pub fn when(mut self, when: impl Fn(&F::Of<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.when = Some(Box::new(when));
        self
    }

    /// Runs for the first event that passes its filters, and is then unsubscribed.
    pub fn once(mut self) -> Self {
        self.subscriber.once = true;
        self
    }

    /// A name of its own: reports and errors show it, `before` and `after` find it, and a second
    /// subscription under it is an error.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.subscriber.name = id.clone().into();
        self.id = Some(id);
        self
    }

    /// Runs before that subscriber of the same event: a function, or the id of a subscription.
    pub fn before<M>(mut self, target: impl IntoKey<M>) -> Self {
        self.before.push(target.into_key());
        self
    }

    /// Runs after that subscriber of the same event: a function, or the id of a subscription.
    pub fn after<M>(mut self, target: impl IntoKey<M>) -> Self {
        self.after.push(target.into_key());
        self
    }

    /// Subscribes; the next emit calls the handler.
    ///
    /// # Errors
    ///
    /// When the id is taken, a target of `before` or `after` does not listen to this event, or
    /// these contradict each other. Nothing is subscribed then.
    pub fn register(self) -> Result<Subscription, SubscribeError> {
        let mut batch = Batch::new(self.registry.clone());
        batch.add(self);
        batch.register()
    }

    /// Subscribes without options of its own.
    #[track_caller]
    pub(super) fn infallibly(self) -> Subscription {
        match self.register() {
            Ok(subscription) => subscription,
            Err(error) => panic!("{error}"),
        }
    }

    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// All but the last step: what waits to be subscribed, and what unsubscribes it.
    pub(super) fn prepare(self) -> (Entry, Member) {
        let kind = Kind::of::<F>();
        let number = self.registry.core().next_number();
        let leave = Leave::new(&self.registry, kind, self.id.clone(), number);
        let filters = Filters::<F>::new(
            self.subscriber.origin.clone(),
            self.when,
            self.subscriber.once.then(|| leave.clone()),
        );
        let listening = Arc::new(Listening::new(self.handler, filters));
        let handler = Wired::new::<F, Listening<F, H>>(Arc::clone(&listening));
        let id = self.id.map(Key::from);
        let position = Position {
            rank: Rank::subscribed(self.subscriber.priority, number),
            names: self.names.into_iter().chain(id).collect(),
            before: self.before,
            after: self.after,
        };
        let entry = Entry {
            number,
            declared: false,
            position: Arc::new(position),
            subscriber: Arc::new(self.subscriber),
            handler,
        };
        (entry, Member::new(leave, Arc::downgrade(&listening) as _))
    }
}

impl<F: Family, H> fmt::Debug for NewSubscription<F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NewSubscription")
            .field(&self.subscriber)
            .finish()
    }
}
