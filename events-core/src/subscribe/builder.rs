//! Subscribing at run time, with options.

use std::{
    fmt,
    marker::PhantomData,
    num::NonZeroUsize,
    sync::{Arc, Weak},
};

use super::{
    error::SubscribeError,
    filter::{AnyCondition, Filters, TypedCondition},
    filtered_handlers::{SubscribedHandler, SubscribedTopicHandler},
    register::{PreparedEntry, register},
    subscription::{Closable, Subscription, SubscriptionPart, Unsubscribe},
};
use crate::{
    background::{ConcurrencyLimited, FilteredHandler},
    event::{AnyEvent, Family, Snapshot, TopicEvent},
    handler::{Background, DynTopicHandler, EmitOrigin, ErasedHandler, Run, Step, TopicHandler},
    metadata::{IntoKey, Key, Location, Pattern, SubscriberInfo},
    plan::{Entry, EventType, HandlerKind, PatternEntry, Phase, Position, Rank},
    registry::{Registry, SubscriberGroup},
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
/// # Ok::<(), events_core::subscribing::SubscribeError>(())
/// ```
///
/// `T` says when the handler's turn is: [`SyncKind`], or for those that run later [`BackgroundKind`].
#[must_use = "nothing is subscribed before `.register()`"]
pub struct NewSubscription<F: Family, T = SyncKind> {
    registry: Registry,
    factory: HandlerFactory<F>,
    turn: PhantomData<T>,
    subscriber: SubscriberInfo,
    id: Option<String>,
    names: Vec<Key>,
    before: Vec<Key>,
    after: Vec<Key>,
    when: Option<Box<TypedCondition<F>>>,
    when_any: Option<Box<AnyCondition>>,
}

/// The handler runs when its turn comes, and the emit goes on when it has ended.
#[derive(Debug)]
pub enum SyncKind {}

/// The handler runs when the sync ones are through: beside others, or out of the queue.
#[derive(Debug)]
pub enum BackgroundKind {}

/// The handler hears whatever event has a topic that its pattern matches.
#[derive(Debug)]
pub enum PatternKind {}

/// That the handler hears events of one type.
#[doc(hidden)]
pub trait ExactKind {}

impl ExactKind for SyncKind {}
impl ExactKind for BackgroundKind {}

/// Makes a handler that listens of one that only runs.
enum HandlerFactory<F: Family> {
    /// With filters, and limited to so many calls at once.
    TypedView(Box<TypedFactory<F>>),
    /// With filters, and for topics that match the pattern.
    Any(Pattern, Box<PatternFactory>),
}

type TypedFactory<F> = dyn FnOnce(
        Option<Filters<TypedCondition<F>>>,
        Option<NonZeroUsize>,
    ) -> (HandlerKind, Weak<dyn Closable>)
    + Send;

type PatternFactory = dyn FnOnce(Option<Filters<AnyCondition>>) -> (Arc<dyn DynTopicHandler>, Weak<dyn Closable>)
    + Send;

impl<F: Family> NewSubscription<F> {
    /// Of a handler that runs when its turn comes.
    pub(crate) fn now<H>(
        registry: Registry,
        location: Location,
        name: Key,
        changes: bool,
        handler: H,
    ) -> Self
    where
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        let factory = HandlerFactory::TypedView(Box::new(|filters, _| {
            let listening = Arc::new(SubscribedHandler::new(handler, filters));
            let wired = ErasedHandler::new::<F, SubscribedHandler<F, H>>(Arc::clone(&listening));
            (HandlerKind::Sync(wired), Arc::downgrade(&listening) as _)
        }));
        let mut new = Self::new(registry, location, name, factory);
        new.subscriber.changes = changes;
        new
    }
}

impl<E: Snapshot> NewSubscription<E, BackgroundKind> {
    /// Of a handler that runs later.
    pub(crate) fn background(
        registry: Registry,
        location: Location,
        name: Key,
        handler: impl Background<E>,
    ) -> Self {
        Self::new(
            registry,
            location,
            name,
            HandlerFactory::TypedView(Box::new(|filters, concurrency| {
                let wants = move |event: &E, source: &EmitOrigin<'_>| {
                    let filters: Option<&Filters<TypedCondition<E>>> = filters.as_ref();
                    filters.is_none_or(|filters| filters.pass(source, |when| when(event)))
                };
                match concurrency {
                    None => behind(wants, handler),
                    Some(limit) => behind(wants, ConcurrencyLimited::new(limit.get(), handler)),
                }
            })),
        )
    }

    /// An async handler: nobody waits for it but `emit_async` and the queue.
    pub(crate) fn asynchronous(mut self) -> Self {
        self.subscriber.asynchronous = true;
        self
    }

    /// It runs out of the queue, whoever emits: [`Event::emit_async`](crate::Event::emit_async) does
    /// not wait for it, either.
    pub fn deferred(mut self) -> Self {
        self.subscriber.deferred = true;
        self
    }

    /// At most so many calls of it are under way at once, wherever they come from; the others wait in
    /// the order in which they came. With 1, the handler sees the events in the order in which they
    /// reach it. 0 is taken as 1.
    pub fn concurrency(mut self, limit: usize) -> Self {
        self.subscriber.concurrency = Some(NonZeroUsize::new(limit).unwrap_or(NonZeroUsize::MIN));
        self
    }
}

impl<F: Family, T: ExactKind> NewSubscription<F, T> {
    /// Listens only to events for which this holds, asked when it is the handler's turn. A panic in
    /// it counts as a failure of the subscriber.
    pub fn when(mut self, when: impl Fn(&F::Of<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.when = Some(Box::new(when));
        self
    }
}

impl NewSubscription<TopicEvent<'static>, PatternKind> {
    /// Of a handler that hears what has a topic that the pattern matches.
    pub(crate) fn by_topic<M: 'static>(
        registry: Registry,
        location: Location,
        name: Key,
        pattern: Pattern,
        handler: impl TopicHandler<M>,
    ) -> Self {
        let text = pattern.text().clone();
        let factory = |filters| {
            let pattern_entry = Arc::new(SubscribedTopicHandler::<_, M>::new(handler, filters));
            let door = Arc::downgrade(&pattern_entry);
            (
                pattern_entry as Arc<dyn DynTopicHandler>,
                door as Weak<dyn Closable>,
            )
        };
        let mut new = Self::new(
            registry,
            location,
            name,
            HandlerFactory::Any(pattern, Box::new(factory)),
        );
        new.subscriber.topic = text.clone();
        new.subscriber.pattern = Some(text);
        new
    }

    /// Listens only to events for which this holds, asked when it is the handler's turn. A panic in
    /// it counts as a failure of the subscriber.
    pub fn when(mut self, when: impl Fn(&dyn AnyEvent) -> bool + Send + Sync + 'static) -> Self {
        self.when_any = Some(Box::new(when));
        self
    }
}

/// The handler in the tail, and what closes it.
fn behind<E, W, H>(wants: W, handler: H) -> (HandlerKind, Weak<dyn Closable>)
where
    E: Snapshot,
    W: Fn(&E, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    H: Background<E>,
{
    let behind = Arc::new(FilteredHandler::new(wants, handler));
    let door = Arc::downgrade(&behind);
    (HandlerKind::Background(behind), door)
}

impl<F: Family, T> NewSubscription<F, T> {
    fn new(registry: Registry, location: Location, name: Key, factory: HandlerFactory<F>) -> Self {
        Self {
            registry,
            factory,
            turn: PhantomData,
            subscriber: SubscriberInfo {
                topic: F::statics().info.topic().into(),
                pattern: None,
                name: name.to_name(),
                module: "",
                location,
                priority: 0,
                origin: None,
                changes: false,
                once: false,
                asynchronous: false,
                deferred: false,
                concurrency: None,
            },
            id: None,
            names: vec![name],
            before: Vec::new(),
            after: Vec::new(),
            when: None,
            when_any: None,
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

    /// Runs for the first event that passes its filters, and is then unsubscribed.
    pub fn once(mut self) -> Self {
        self.subscriber.once = true;
        self
    }

    /// A name of its own: reports and errors show it, `before` and `after` find it, and a second
    /// subscription under it is an error.
    pub fn id(mut self, id: impl AsRef<str>) -> Self {
        let id = id.as_ref().to_owned();
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
        let registry = self.registry.clone();
        let (waits, member) = self.prepare();
        let mut group = SubscriberGroup::default();
        waits.add_to(&mut group);
        register(&registry, group, vec![member])
    }

    /// Subscribes without options of its own.
    #[track_caller]
    pub(crate) fn register_or_panic(self) -> Subscription {
        match self.register() {
            Ok(subscription) => subscription,
            Err(error) => panic!("{error}"),
        }
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// All but the last step: what waits to be subscribed, and what unsubscribes it.
    pub(crate) fn prepare(self) -> (PreparedEntry, SubscriptionPart) {
        let number = self.registry.core().next_number();
        let event_type = match &self.factory {
            HandlerFactory::TypedView(_) => Some(EventType::of::<F>()),
            HandlerFactory::Any(..) => None,
        };
        let leave = Unsubscribe::new(&self.registry, event_type, self.id.clone(), number);
        let origin = self.subscriber.origin.clone();
        let once = self.subscriber.once.then(|| leave.clone());
        let id = self.id.map(Key::from);
        let position = Arc::new(Position {
            phase: Phase::of(&self.subscriber),
            rank: Rank::subscribed(self.subscriber.priority, number),
            names: self.names.into_iter().chain(id).collect(),
            before: self.before,
            after: self.after,
        });
        let concurrency = self.subscriber.concurrency;
        let subscriber = Arc::new(self.subscriber);
        let (waits, door) = match self.factory {
            HandlerFactory::TypedView(factory) => {
                let (handler, door) = factory(Filters::new(origin, self.when, once), concurrency);
                let entry = Entry {
                    number,
                    declared: false,
                    position,
                    subscriber,
                    handler,
                };
                (PreparedEntry::TypedView(EventType::of::<F>(), entry), door)
            }
            HandlerFactory::Any(pattern, factory) => {
                let (handler, door) = factory(Filters::new(origin, self.when_any, once));
                let pattern_entry = PatternEntry {
                    number,
                    declared: false,
                    position,
                    subscriber,
                    handler,
                    pattern,
                };
                (PreparedEntry::Any(pattern_entry), door)
            }
        };
        (waits, SubscriptionPart::new(leave, door))
    }
}

impl<F: Family, T> fmt::Debug for NewSubscription<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NewSubscription")
            .field(&self.subscriber)
            .finish()
    }
}
