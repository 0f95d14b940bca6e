//! Declared subscribers as attributes write them, and the installer that registers them.

use std::{
    any::{Any, TypeId},
    borrow::Cow,
    fmt, ptr,
    sync::{Arc, Weak},
};

use crate::{
    background::{Awaited, ErasedAwaited, FilteredAwaited, FilteredHandler},
    context::OwnSubscription,
    event::{Family, Snapshot, register_clone_fn},
    handler::{Background, EmitOrigin, ErasedHandler, MissingState, Run, States, Step},
    metadata::{
        CallPolicies, EventInfo, Key, Location, Once, OrderTarget, Origin, Pattern, PatternText,
        SubscriberInfo, SubscriberOptions,
    },
    plan::{Entry, EventType, HandlerKind, Phase, Position, Rank, Registration, unit_phase_of},
    registry::{Core, Incomplete, Registry, SubscriberGroup},
    subscribe::{Closable, SubscriptionPart, Unsubscribe, weak},
};

/// A declared subscriber, as an attribute writes it.
#[doc(hidden)]
pub struct Subscriber {
    /// The path of the function.
    pub name: &'static str,
    /// The module that declares it.
    pub module: &'static str,
    /// The place of its declaration.
    pub location: Location,
    /// Its options that are plain values.
    pub options: SubscriberOptions,
    /// Whether it is a method of a listener that is not `Default`, which no scan can create.
    pub added_only: bool,
    /// The key of the function.
    pub key: fn() -> Key,
    /// The events that it receives.
    pub selector: EventSelector,
    /// The subscribers that it runs before.
    pub before: &'static [fn() -> OrderTarget],
    /// The subscribers that it runs after.
    pub after: &'static [fn() -> OrderTarget],
    /// Registers it through an installer.
    pub install: fn(&mut Installer<'_>),
}

/// The events that a declared subscriber receives.
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub enum EventSelector {
    /// Events of these types.
    Events(&'static [fn() -> (TypeId, &'static EventInfo)]),
    /// Events whose topic matches this pattern.
    Topic(PatternText),
}

impl Subscriber {
    /// Its address, which identifies it in this program.
    pub(crate) fn address(&'static self) -> u64 {
        ptr::from_ref(self).addr() as u64
    }
}

impl fmt::Debug for Subscriber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name, self.location)
    }
}

/// Why a declared subscriber cannot be installed.
pub(crate) enum InstallError {
    /// It takes a state that no scan provides.
    MissingState(MissingState),
    /// It has a parameter that cannot be prepared.
    Param {
        /// The type of the parameter.
        type_name: &'static str,
        error: String,
    },
    /// Its pattern is valid, as the attribute has checked, and too large to be compiled.
    InvalidPattern {
        pattern: &'static str,
        error: String,
    },
}

/// Registers one declared subscriber.
#[doc(hidden)]
pub struct Installer<'i> {
    pub(crate) subscriber: &'static Subscriber,
    pub(crate) core: &'i Core,
    pub(super) states: &'i States,
    origin: Option<Origin>,
    /// The pattern of the subscriber, until it is registered with it. It is compiled first, so that its error is
    /// reported together with parameters that are missing.
    pub(super) pattern: Option<Pattern>,
    /// Whether it has a condition.
    conditional: bool,
    permit: Option<Arc<Once>>,
    ended: Option<Arc<Once>>,
    pub(super) errors: Vec<InstallError>,
    pub(super) policies: CallPolicies,
    pub(crate) group: &'i mut SubscriberGroup,
    /// The id of a durable subscriber.
    pub(super) durable: Option<&'static str>,
    /// The types with which its parameters mark it.
    pub(super) marks: Vec<TypeId>,
    /// What its parameters need in a call, each ended by NUL.
    pub(super) needs: String,
    /// Whether the subscriber takes `&Emission`.
    pub(super) takes_emission: bool,
    /// The handle on the subscription, if the subscriber takes `&Emission` and is a method of a listener that is added.
    pub(super) own: OwnSubscription,
    /// The listener that is added at run time, if the subscriber is a method of one.
    pub(crate) added: Option<&'i mut AddedListener>,
}

impl<'i> Installer<'i> {
    /// Installs a subscriber, and returns why it cannot be installed, if it cannot.
    pub(crate) fn run(
        subscriber: &'static Subscriber,
        core: &'i Core,
        states: &'i States,
        group: &'i mut SubscriberGroup,
        added: Option<&'i mut AddedListener>,
    ) -> Vec<InstallError> {
        let mut installer = Self {
            subscriber,
            core,
            states,
            origin: None,
            pattern: None,
            conditional: false,
            permit: None,
            ended: None,
            errors: Vec::new(),
            policies: CallPolicies::NONE,
            group,
            durable: None,
            marks: Vec::new(),
            needs: String::new(),
            takes_emission: false,
            own: OwnSubscription::default(),
            added,
        };
        installer.compile_pattern();
        (subscriber.install)(&mut installer);
        if !installer.errors.is_empty() {
            installer.add_incomplete();
        }
        installer.errors
    }

    /// Adds a declared subscriber that cannot be installed to the group, with its position in the order only.
    fn add_incomplete(&mut self) {
        if self.added.is_some() {
            return; // the first error ends the registration of the listener
        }
        let (event_types, pattern) = match self.subscriber.selector {
            EventSelector::Events(events) => (events.iter().map(|event| event()).collect(), None),
            EventSelector::Topic(text) => (Vec::new(), Some(text.text().into())),
        };
        let topic = event_types.first();
        let topic = topic.map_or("", |(_, info): &(TypeId, &EventInfo)| info.topic());
        let registration = self.registration(self.number(), topic.into(), pattern);
        self.group.add_incomplete(Incomplete {
            registration,
            event_types,
            pattern: self.pattern.take(),
        });
    }

    /// Compiles the pattern of the subscriber, if it has one, or records why it cannot be compiled.
    fn compile_pattern(&mut self) {
        let EventSelector::Topic(text) = self.subscriber.selector else {
            return;
        };
        match text.compile() {
            Ok(pattern) => self.pattern = Some(pattern),
            Err(error) => self.errors.push(InstallError::InvalidPattern {
                pattern: text.text(),
                error: error.to_string().trim_end_matches('.').to_owned(),
            }),
        }
    }

    /// Restricts the subscriber to events of an origin.
    pub fn origin(&mut self, origin: impl Into<Origin>) -> Origin {
        let origin = origin.into();
        self.origin = Some(origin.clone());
        origin
    }

    /// Records that the subscriber has a condition.
    pub fn conditional(&mut self) {
        self.conditional = true;
        self.ended = self.added.is_some().then(Once::shared);
    }

    /// The permit of `once`, which a filter tests and the handler claims.
    pub fn once(&mut self) -> Arc<Once> {
        Arc::clone(self.permit.get_or_insert_default())
    }

    /// Registers a sync handler.
    pub fn subscribe<F, H>(&mut self, handler: H)
    where
        F: Family,
        H: Fn(&mut F::Of<'_>, &Run<'_>) -> Step + Send + Sync + 'static,
    {
        // Only this is compiled for each subscriber; `add` is compiled once.
        let erased = ErasedHandler::new::<F, H>(Arc::new(handler));
        self.add(
            EventType::of::<F>(),
            HandlerKind::Sync(erased),
            self.number(),
            None,
        );
    }

    /// Registers a background handler. The filter is evaluated once for each emit; there is none without
    /// `FILTERED`.
    pub fn subscribe_background<E, H, const FILTERED: bool>(
        &mut self,
        filter: Option<impl Fn(&E, &EmitOrigin<'_>) -> bool + Send + Sync + 'static>,
        handler: H,
    ) where
        E: Snapshot,
        H: Background<E>,
    {
        register_clone_fn::<E>(); // for an emit in a unit of work
        let handler = Arc::new(FilteredHandler::<E, _, H, FILTERED>::new(filter, handler));
        let closable = weak(handler.clone());
        self.add(
            EventType::of::<E>(),
            HandlerKind::Background(handler, None),
            self.number(),
            Some(closable),
        );
    }

    /// Registers an awaited handler. `claim` claims the permit of `once`.
    pub fn subscribe_awaited<F, H>(
        &mut self,
        filter: Option<impl Fn(&F::Of<'_>, &EmitOrigin<'_>) -> bool + Send + Sync + 'static>,
        claim: Option<impl Fn() -> bool + Send + Sync + 'static>,
        handler: H,
    ) where
        F: Family,
        H: Awaited<F>,
    {
        let handler = Arc::new(FilteredAwaited::new(filter, claim, handler));
        let closable = weak(handler.clone());
        self.add(
            EventType::of::<F>(),
            HandlerKind::Awaited(ErasedAwaited::new(handler)),
            self.number(),
            Some(closable),
        );
    }

    /// The number of the next handler: the address of a declared subscriber, or the next number of
    /// the registry for a listener that is added at run time.
    pub(super) fn number(&self) -> u64 {
        match self.added {
            None => self.subscriber.address(),
            Some(_) => self.core.next_number(),
        }
    }

    /// The rank of the handler with this number: what orders it where `before` and `after` do not.
    fn rank(&self, number: u64) -> Rank {
        let Subscriber {
            module,
            location,
            name,
            options: SubscriberOptions { priority, .. },
            ..
        } = *self.subscriber;
        match self.added {
            None => Rank::declared(priority, module, location, name),
            Some(_) => Rank::subscribed(priority, number),
        }
    }

    /// Adds a handler of one event type to the group. `closable` is the handler, if it can be closed;
    /// a handler of a listener that is added at run time has to be.
    pub(super) fn add(
        &mut self,
        event_type: EventType,
        handler: HandlerKind,
        number: u64,
        closable: Option<Weak<dyn Closable>>,
    ) {
        let registration = self.registration(number, event_type.info.topic().into(), None);
        self.add_part(Some(event_type), number, closable);
        let entry = Entry {
            registration,
            handler,
        };
        self.group.add(event_type, entry);
    }

    /// Adds a handler of a listener that is added at run time to the listener's subscription. Does
    /// nothing for a declared handler.
    pub(super) fn add_part(
        &mut self,
        event_type: Option<EventType>,
        number: u64,
        closable: Option<Weak<dyn Closable>>,
    ) {
        if let (Some(added), Some(closable)) = (&mut self.added, closable) {
            let unsubscribe = Unsubscribe::new(&added.registry, event_type, None, number);
            let (ended, own) = (self.ended.clone(), self.own.clone());
            let part = SubscriptionPart::new(unsubscribe, closable, ended, own);
            added.parts.push(part);
        }
    }

    /// The registration of the handler with this number.
    pub(super) fn registration(
        &self,
        number: u64,
        topic: Cow<'static, str>,
        pattern: Option<Cow<'static, str>>,
    ) -> Registration {
        let Subscriber {
            name,
            module,
            location,
            options,
            ..
        } = *self.subscriber;
        let mut subscriber = SubscriberInfo::new(topic, name.into(), module, location, options);
        subscriber.pattern = pattern;
        subscriber.origin = self.origin.clone();
        subscriber.set_policies(self.policies);
        subscriber.takes_emission = self.takes_emission;
        subscriber.conditional = self.conditional;
        subscriber.durable = self.durable;
        subscriber.marks = self.marks.as_slice().into();
        subscriber.needs = self.needs.clone().into();
        subscriber.permit = self.permit.clone();
        subscriber.ended = self.ended.clone();
        let targets =
            |targets: &[fn() -> OrderTarget]| targets.iter().map(|target| target()).collect();
        let position = Position {
            phase: Phase::of(&subscriber),
            unit_phase: unit_phase_of(&subscriber),
            rank: self.rank(number),
            names: vec![(self.subscriber.key)(), name.into()],
            before: targets(self.subscriber.before),
            after: targets(self.subscriber.after),
        };
        Registration {
            number,
            declared: self.added.is_none(),
            position: Arc::new(position),
            subscriber: Arc::new(subscriber),
        }
    }
}

/// A listener that is added at run time, and the handlers of it that are installed so far.
pub(crate) struct AddedListener {
    pub(crate) registry: Registry,
    pub(crate) listener: Arc<dyn Any + Send + Sync>,
    pub(crate) parts: Vec<SubscriptionPart>,
}
