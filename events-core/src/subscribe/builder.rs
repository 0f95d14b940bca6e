//! The builder of a run-time subscription: how it prepares the registration. The methods
//! that set its options are in `options`.

use std::{
    any::Any,
    fmt,
    marker::PhantomData,
    num::NonZeroUsize,
    sync::{Arc, Weak},
};

use super::{
    error::SubscribeError,
    filter::{AnyCondition, Condition, Filters, TypedCondition, with_claim},
    filtered_handlers::{Policies, SubscribedHandler, filter, with_policies},
    kinds::{AwaitedKind, BackgroundKind, SyncKind},
    register::{PreparedEntry, register},
    subscription::{Closable, Subscription, SubscriptionPart, Unsubscribe, weak},
};
use crate::{
    background::{Awaited, CallState, ErasedAwaited, FilteredAwaited, OnceHandler, TimedAwaited},
    context::OwnSubscription,
    event::{Family, Snapshot, register_clone_fn},
    handler::{Background, EmitOrigin, ErasedHandler, Run, Step},
    metadata::{
        CallPolicies, Key, Location, Once, OrderTarget, Pattern, SubscriberInfo, SubscriberOptions,
    },
    plan::{
        AnyEventHandler, Entry, EventType, HandlerKind, PatternEntry, Phase, Position, Rank,
        Registration, unit_phase_of,
    },
    primitives::CatchDrop,
    registry::{Registry, SubscriberGroup},
};

/// A builder of a subscription: set its options, then call [`register`](Self::register).
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
/// `T` is the kind of the subscription: [`SyncKind`], [`AwaitedKind`], [`BackgroundKind`] for async and deferred
/// handlers, [`PatternKind`](super::PatternKind) for sync handlers of a pattern, or
/// [`BackgroundPatternKind`](super::BackgroundPatternKind) for async and deferred ones.
#[must_use = "nothing is subscribed before `.register()`"]
pub struct NewSubscription<F: Family, T = SyncKind> {
    registry: Registry,
    factory: CatchDrop<HandlerFactory<F>>,
    kind: PhantomData<T>,
    pub(super) subscriber: SubscriberInfo,
    pub(super) id: Option<String>,
    /// Whether it runs behind all subscribers that are not receivers.
    is_receiver: bool,
    /// The options that are set, which are set at most once.
    pub(super) options_set: Vec<&'static str>,
    names: Vec<Key>,
    /// The handle on the subscription, if the handler takes `&Emission`.
    own: OwnSubscription,
    pub(super) before: Vec<OrderTarget>,
    pub(super) after: Vec<OrderTarget>,
    pub(super) when: Option<Condition<TypedCondition<F>>>,
    pub(super) when_any: Option<Condition<AnyCondition>>,
    /// The key of the calls, a `KeyFn` of the handler's event.
    pub(super) key: Option<Box<dyn Any + Send>>,
}

/// Adds the filters to a handler, when all options are known. It returns the handler with type
/// erasure, and the reference through which its guard closes it.
pub(super) enum HandlerFactory<F: Family> {
    /// Of an exact subscriber: accepts filters and policies.
    Exact(Box<ExactFactory<F>>),
    /// Of a pattern subscriber: accepts filters and policies.
    Pattern(Pattern, Box<PatternFactory>),
}

pub(super) type ExactFactory<F> = dyn FnOnce(Option<Filters<TypedCondition<F>>>, Policies) -> (HandlerKind, Weak<dyn Closable>)
    + Send;

pub(super) type PatternFactory = dyn FnOnce(Option<Filters<AnyCondition>>, Policies) -> (AnyEventHandler, Weak<dyn Closable>)
    + Send;

impl<F: Family> NewSubscription<F> {
    /// A subscription of a sync handler, which takes `&mut` if it `changes` the event.
    pub(crate) fn sync<H>(
        registry: Registry,
        location: Location,
        name: Key,
        changes: bool,
        handler: H,
    ) -> Self
    where
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        let factory = HandlerFactory::Exact(Box::new(|filters, _| {
            let handler = Arc::new(SubscribedHandler::new(filter(filters), handler));
            let closable = weak(handler.clone());
            let erased = ErasedHandler::new::<F, SubscribedHandler<F, _, H>>(handler);
            (HandlerKind::Sync(erased), closable)
        }));
        let mut new = Self::new(registry, location, name, factory);
        new.subscriber.changes = changes;
        new
    }
}

impl<F: Family> NewSubscription<F, AwaitedKind> {
    /// A subscription of an awaited handler.
    pub(crate) fn awaited(
        registry: Registry,
        location: Location,
        name: Key,
        changes: bool,
        handler: impl Awaited<F>,
    ) -> Self {
        let factory = |filters: Option<Filters<TypedCondition<F>>>, policies: Policies| {
            let (filters, claim) = with_claim(filters);
            let filter = filters.map(|filters: Arc<Filters<TypedCondition<F>>>| {
                move |event: &F::Of<'_>, origin: &EmitOrigin<'_>| {
                    filters.test(origin, |when| when(event))
                }
            });
            match policies {
                None => erased_awaited(FilteredAwaited::new(filter, claim, handler)),
                Some((state, _)) => {
                    let handler = TimedAwaited::new(state.timeout(), state.clock(), handler);
                    erased_awaited(FilteredAwaited::new(filter, claim, handler))
                }
            }
        };
        let mut new = Self::new(
            registry,
            location,
            name,
            HandlerFactory::Exact(Box::new(factory)),
        );
        new.subscriber.changes = changes;
        new.subscriber.awaited = true;
        new
    }

    /// Marks the handler as one that stores events, and that sync emits call as well.
    pub(crate) fn of_store(mut self) -> Self {
        self.subscriber.awaited = false;
        self.subscriber.is_store = true;
        self
    }
}

/// An awaited handler with its type erased, and the reference through which its guard closes it.
fn erased_awaited<F, W, C, H>(
    handler: FilteredAwaited<F, W, C, H>,
) -> (HandlerKind, Weak<dyn Closable>)
where
    F: Family,
    W: Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static,
    C: Fn() -> bool + Send + Sync + 'static,
    H: Awaited<F>,
{
    let handler = Arc::new(handler);
    let closable = weak(handler.clone());
    (HandlerKind::Awaited(ErasedAwaited::new(handler)), closable)
}

impl<E: Snapshot> NewSubscription<E, BackgroundKind> {
    /// A subscription of a background handler.
    pub(crate) fn background(
        registry: Registry,
        location: Location,
        name: Key,
        handler: impl Background<E>,
    ) -> Self {
        register_clone_fn::<E>(); // for an emit in a unit of work
        Self::new(
            registry,
            location,
            name,
            HandlerFactory::Exact(Box::new(|filters, policies| {
                let (filters, claim) = with_claim(filters);
                let filter = filters.map(|filters: Arc<Filters<TypedCondition<E>>>| {
                    move |event: &E, origin: &EmitOrigin<'_>| {
                        filters.test(origin, |when| when(event))
                    }
                });
                match claim {
                    None => with_policies(filter, handler, policies),
                    Some(claim) => {
                        with_policies(filter, OnceHandler::new(claim, handler), policies)
                    }
                }
            })),
        )
    }

    /// Marks the handler as async: `emit_async` waits for it, and a sync emit enqueues it.
    pub(crate) fn asynchronous(mut self) -> Self {
        self.subscriber.asynchronous = true;
        self
    }
}

impl<F: Family, T> NewSubscription<F, T> {
    pub(super) fn new(
        registry: Registry,
        location: Location,
        name: Key,
        factory: HandlerFactory<F>,
    ) -> Self {
        Self {
            registry,
            factory: CatchDrop::new(factory),
            kind: PhantomData,
            subscriber: SubscriberInfo::new(
                F::statics().info.topic().into(),
                name.to_name(),
                "",
                location,
                SubscriberOptions::default(),
            ),
            id: None,
            is_receiver: false,
            options_set: Vec::new(),
            names: vec![name],
            own: OwnSubscription::default(),
            before: Vec::new(),
            after: Vec::new(),
            when: None,
            when_any: None,
            key: None,
        }
    }

    /// Makes a subscription of a sync handler a receiver, which runs behind all sync handlers. Its priority and its names
    /// have no effect.
    pub(crate) fn receiver(mut self) -> Self {
        self.is_receiver = true;
        self
    }

    /// Stores the handle that an emission of the handler has on the subscription.
    pub(super) fn owning(mut self, own: OwnSubscription) -> Self {
        self.subscriber.takes_emission = own.is_taken();
        self.own = own;
        self
    }

    /// Subscribes; the next emit calls the handler.
    ///
    /// # Errors
    ///
    /// When the id is in use, a target of `before` or `after` is not subscribed to the event, or these options contradict
    /// each other; when an option is not for such a handler, as a delay or a debounce without `deferred`, or the timeout of a
    /// sync one; and when the registry is the default one of another copy of the crate. Nothing is subscribed then.
    ///
    /// A value that is wrong in itself, such as a timeout of zero, panics where it is set.
    pub fn register(self) -> Result<Subscription, SubscribeError> {
        let registry = self.registry.clone();
        let (entry, part) = self.prepare();
        let mut group = SubscriberGroup::default();
        entry.add_to(&mut group);
        register(&registry, group, vec![part])
    }

    /// As [`register`](Self::register), for subscriptions without an id, `before` and `after`.
    /// These fail only if the options of other subscribers, which name the same function, become a
    /// cycle.
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

    pub(crate) fn subscriber(&self) -> &SubscriberInfo {
        &self.subscriber
    }

    /// The entry that is to be registered, and the part of the guard that removes it again.
    pub(super) fn prepare(self) -> (PreparedEntry, SubscriptionPart) {
        let number = self.registry.core().next_number();
        let event_type = match &*self.factory {
            HandlerFactory::Exact(_) => Some(EventType::of::<F>()),
            HandlerFactory::Pattern(..) => None,
        };
        let unsubscribe = Unsubscribe::new(&self.registry, event_type, self.id.clone(), number);
        let origin = self.subscriber.origin.clone();
        let mut subscriber = self.subscriber;
        let is_once = subscriber.once;
        subscriber.permit = is_once.then(Once::shared);
        let once = subscriber.permit.clone();
        let once = once.map(|permit| (permit, unsubscribe.clone()));
        // The condition of a receiver is part of its handler, and may be set later.
        subscriber.conditional = self.is_receiver || self.when.is_some() || self.when_any.is_some();
        subscriber.ended = subscriber.conditional.then(Once::shared);
        let ended = subscriber.ended.clone();
        let id = self.id.map(Key::from);
        let position = Arc::new(if self.is_receiver {
            Position::receiver(number)
        } else {
            Position {
                phase: Phase::of(&subscriber),
                unit_phase: unit_phase_of(&subscriber),
                rank: Rank::subscribed(subscriber.priority, number),
                names: self.names.into_iter().chain(id).collect(),
                before: self.before,
                after: self.after,
            }
        });
        let policies = subscriber.policies();
        let concurrency = subscriber.concurrency.map_or(0, NonZeroUsize::get);
        let has_policies = concurrency > 0 || policies != CallPolicies::NONE;
        let clock = self.registry.core().clock();
        let key = self.key;
        let policies = has_policies.then(|| (CallState::new(policies, concurrency, clock), key));
        let registration = Registration {
            number,
            declared: false,
            position,
            subscriber: Arc::new(subscriber),
        };
        let (entry, closable) = match self.factory.into_inner() {
            HandlerFactory::Exact(factory) => {
                let (handler, closable) = factory(Filters::new(origin, self.when, once), policies);
                let entry = Entry {
                    registration,
                    handler,
                };
                (PreparedEntry::Exact(EventType::of::<F>(), entry), closable)
            }
            HandlerFactory::Pattern(pattern, factory) => {
                let (handler, closable) =
                    factory(Filters::new(origin, self.when_any, once), policies);
                let pattern_entry = PatternEntry {
                    registration,
                    handler,
                    pattern,
                };
                (PreparedEntry::Pattern(pattern_entry), closable)
            }
        };
        let part = SubscriptionPart::new(unsubscribe, closable, ended, self.own);
        (entry, if is_once { part.once() } else { part })
    }
}

impl<F: Family, T> fmt::Debug for NewSubscription<F, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("NewSubscription")
            .field(&self.subscriber)
            .finish()
    }
}
