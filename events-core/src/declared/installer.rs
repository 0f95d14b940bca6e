//! What an attribute leaves in the link-time slice, and how it gets from there into a registry.

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    fmt,
    num::NonZeroUsize,
    ptr,
    sync::{Arc, Weak},
};

use crate::{
    background::FilteredHandler,
    event::{Family, Snapshot},
    handler::{Background, EmitOrigin, ErasedHandler, MissingState, Param, Run, States, Step},
    metadata::{EventInfo, Key, Location, Origin, SubscriberInfo},
    plan::{Entry, EventType, HandlerKind, Phase, Position, Rank},
    registry::{Core, Registry, SubscriberGroup},
    subscribe::{Closable, SubscriptionPart, Unsubscribe},
};

/// A declared subscriber, as the attribute leaves it.
#[doc(hidden)]
pub struct Subscriber {
    /// The path of the function.
    pub name: &'static str,
    /// The module that declares it.
    pub module: &'static str,
    /// Where it is declared.
    pub location: Location,
    /// High runs first.
    pub priority: i32,
    /// Whether it takes `&mut`.
    pub changes: bool,
    /// Whether it runs the first time only.
    pub once: bool,
    /// Whether it is async.
    pub asynchronous: bool,
    /// Whether it goes through the queue, whoever emits.
    pub deferred: bool,
    /// How many of its calls may be under way at once; 0 for as many as come.
    pub concurrency: usize,
    /// Whether it is a method of a listener that no scan can make, for it is not `Default`.
    pub added_only: bool,
    /// The function.
    pub key: fn() -> Key,
    /// What it listens to.
    pub selector: EventSelector,
    /// Whom it runs before.
    pub before: &'static [fn() -> Key],
    /// Whom it runs after.
    pub after: &'static [fn() -> Key],
    /// Registers it.
    pub install: fn(&mut Installer<'_>),
}

/// What a declared subscriber listens to.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum EventSelector {
    /// Events of these types.
    Events(&'static [fn() -> (TypeId, &'static EventInfo)]),
    /// Events whose topic matches this pattern.
    Topic(&'static str),
}

impl Subscriber {
    /// What tells it from every other in this program.
    pub(crate) fn address(&'static self) -> u64 {
        ptr::from_ref(self).addr() as u64
    }
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.location)
    }
}

/// Registers one declared subscriber.
#[doc(hidden)]
pub struct Installer<'i> {
    pub(crate) subscriber: &'static Subscriber,
    pub(crate) core: &'i Core,
    states: &'i States,
    origin: Option<Origin>,
    missing: Vec<MissingState>,
    pub(crate) group: &'i mut SubscriberGroup,
    /// The listener that is added by hand.
    pub(crate) added: Option<&'i mut AddedListener>,
}

impl<'i> Installer<'i> {
    /// Installs a subscriber; the states that it misses come back.
    pub(crate) fn run(
        subscriber: &'static Subscriber,
        core: &'i Core,
        states: &'i States,
        group: &'i mut SubscriberGroup,
        added: Option<&'i mut AddedListener>,
    ) -> Vec<MissingState> {
        let mut installer = Self {
            subscriber,
            core,
            states,
            origin: None,
            missing: Vec::new(),
            group,
            added,
        };
        (subscriber.install)(&mut installer);
        installer.missing
    }

    /// Finds what a parameter needs, or notes that it is missing.
    pub fn find<P: Param>(&mut self) -> Option<P::Kept> {
        P::find(self.states)
            .map_err(|missing| self.missing.push(missing))
            .ok()
    }

    /// How many of the subscriber's calls may be under way at once.
    #[must_use]
    pub fn concurrency(&self) -> usize {
        self.subscriber.concurrency
    }

    /// Limits the subscriber to an origin.
    pub fn origin(&mut self, origin: impl Into<Origin>) -> Origin {
        let origin = origin.into();
        self.origin = Some(origin.clone());
        origin
    }

    /// Registers the handler.
    pub fn subscribe<F, H>(&mut self, handler: H)
    where
        F: Family,
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        // All that is compiled for each subscriber: the rest is the same for all.
        let wired = ErasedHandler::new::<F, H>(Arc::new(handler));
        self.add(
            EventType::of::<F>(),
            HandlerKind::Sync(wired),
            self.number(),
            None,
        );
    }

    /// Registers a handler that runs later; its filters are asked once for each emit.
    pub fn subscribe_background<E, H>(
        &mut self,
        wants: impl Fn(&E, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
        handler: H,
    ) where
        E: Snapshot,
        H: Background<E>,
    {
        let behind = FilteredHandler::new(wants, handler);
        self.add(
            EventType::of::<E>(),
            HandlerKind::Background(Arc::new(behind)),
            self.number(),
            None,
        );
    }

    /// The number of the next handler: a declared subscriber has its address, a handler of a listener that
    /// is added at run time the next number of the registry.
    pub(super) fn number(&self) -> u64 {
        match self.added {
            None => self.subscriber.address(),
            Some(_) => self.core.next_number(),
        }
    }

    /// The rank of the handler with this number.
    pub(super) fn rank(&self, number: u64) -> Rank {
        let Subscriber {
            priority,
            module,
            location,
            name,
            ..
        } = *self.subscriber;
        match self.added {
            None => Rank::declared(priority, module, location, name),
            Some(_) => Rank::subscribed(priority, number),
        }
    }

    /// Adds a handler of one event type to the group. `door` closes it when it belongs to a listener that
    /// is added at run time.
    pub(super) fn add(
        &mut self,
        event_type: EventType,
        handler: HandlerKind,
        number: u64,
        door: Option<Weak<dyn Closable>>,
    ) {
        let rank = self.rank(number);
        let (position, subscriber) = self.describe(event_type.info.topic().into(), None, rank);
        self.unsubscribes(Some(event_type), number, door);
        let entry = Entry {
            number,
            declared: self.added.is_none(),
            position,
            subscriber,
            handler,
        };
        self.group.add(event_type, entry);
    }

    /// Notes how a handler of a listener that is added at run time is unsubscribed.
    pub(super) fn unsubscribes(
        &mut self,
        event_type: Option<EventType>,
        number: u64,
        door: Option<Weak<dyn Closable>>,
    ) {
        if let (Some(added), Some(door)) = (&mut self.added, door) {
            let leave = Unsubscribe::new(&added.registry, event_type, None, number);
            added.members.push(SubscriptionPart::new(leave, door));
        }
    }

    /// Where it stands, and who it is.
    pub(crate) fn describe(
        &mut self,
        topic: Cow<'static, str>,
        pattern: Option<Cow<'static, str>>,
        rank: Rank,
    ) -> (Arc<Position>, Arc<SubscriberInfo>) {
        let Subscriber {
            name,
            module,
            location,
            priority,
            changes,
            once,
            asynchronous,
            deferred,
            concurrency,
            ..
        } = *self.subscriber;
        let keys = |keys: &[fn() -> Key]| keys.iter().map(|key| key()).collect();
        let subscriber = SubscriberInfo {
            topic,
            pattern,
            name: name.into(),
            module,
            location,
            priority,
            origin: self.origin.clone(),
            changes,
            once,
            asynchronous,
            deferred,
            concurrency: NonZeroUsize::new(concurrency),
        };
        let position = Position {
            phase: Phase::of(&subscriber),
            rank,
            names: vec![(self.subscriber.key)()],
            before: keys(self.subscriber.before),
            after: keys(self.subscriber.after),
        };
        (Arc::new(position), Arc::new(subscriber))
    }
}

/// A listener that is added by hand, and its handlers so far.
pub(crate) struct AddedListener {
    pub(crate) registry: Registry,
    pub(crate) listener: Arc<dyn Any + Send + Sync>,
    pub(crate) members: Vec<SubscriptionPart>,
}
