//! One emission as its handlers receive it: topic, origin, id, parent, place and time.

use std::{borrow::Cow, fmt, panic, sync::OnceLock, time::SystemTime};

use super::{
    own_subscription::OwnSubscription,
    state::{CallSite, EmissionState, EmitTime, known},
};
use crate::{
    context::emit_stack::emission_time,
    event::Event,
    metadata::{EmissionId, Location, Origin},
    primitives::one_line,
    result::FailedEmission,
};

/// One emit of one event, as a parameter of a handler: `fn h(event: &E, emission: &Emission)`.
///
/// It is created only for handlers with this parameter. The id of an emission is created when it is
/// first needed.
///
/// Guide: [parameters of a subscriber](crate::guide::subscribers#parameters-state-and-emission).
///
/// ```
/// use events_core::{Emission, Event, Registry, subscriber, subscribers};
///
/// #[derive(Event)]
/// #[event(topic = "audit.login")]
/// struct Login(Vec<String>);
///
/// #[subscriber]
/// fn audit(event: &mut Login, emission: &Emission) {
///     let from = emission.origin().map_or("somewhere", |origin| origin.as_str());
///     event.0.push(format!("{} from {from}", emission.topic()));
/// }
///
/// let registry = Registry::with(subscribers![audit]);
/// let login = registry.emit_from(Login(vec![]), "console");
/// assert_eq!(login.0, ["audit.login from console"]);
/// ```
#[derive(Clone)]
pub struct Emission {
    topic: Cow<'static, str>,
    origin: Option<Origin>,
    id: EmissionId,
    parent: Option<EmissionId>,
    attempt: u32,
    site: CallSite,
    /// The time, once it is known.
    time: OnceLock<EmitTime>,
    own: OwnSubscription,
}

impl Emission {
    pub(in crate::context) fn new(
        topic: Cow<'static, str>,
        origin: Option<Origin>,
        state: EmissionState,
        parent: Option<EmissionId>,
        attempt: u32,
        own: OwnSubscription,
    ) -> Self {
        let EmissionState { id, site, time } = state;
        Self {
            topic,
            origin,
            id: id.unwrap_or_else(EmissionId::new),
            parent,
            attempt,
            site,
            time: time.map_or_else(OnceLock::new, OnceLock::from),
            own,
        }
    }

    /// An emission of `E` without an origin, for calling a handler directly in a test.
    #[must_use]
    #[track_caller]
    pub fn of<E: Event>() -> Self {
        let state = EmissionState::new(panic::Location::caller());
        let own = OwnSubscription::default();
        Self::new(E::topic().into(), None, state, None, 1, own)
    }

    /// What a failure has of it.
    #[cold]
    pub(crate) fn of_failure(&self) -> FailedEmission {
        let (topic, origin) = (self.topic.clone(), self.origin.clone());
        FailedEmission::new(topic, origin, Some(self.id), self.parent, known(self.site))
            .of_attempt(self.attempt)
    }

    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Where the event was emitted from, if the emit named an origin.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// The id of this emission, which no other has, and which is the same for all its subscribers.
    #[must_use]
    pub fn id(&self) -> EmissionId {
        self.id
    }

    /// The number of this call of the subscriber with the event: 1, and one more for each repetition after a failure, which
    /// the option `retry` allows.
    ///
    /// ```
    /// use events_core::{Emission, Event, Registry, subscriber, subscribers};
    ///
    /// #[derive(Event, Clone)]
    /// struct MailQueued(&'static str);
    ///
    /// #[subscriber(deferred, retry = 3)]
    /// fn send(mail: &MailQueued, emission: &Emission) -> Result<(), String> {
    ///     println!("attempt {} to reach {}", emission.attempt(), mail.0);
    ///     Ok(())
    /// }
    ///
    /// let registry = Registry::with(subscribers![send]);
    /// registry.emit(MailQueued("ada@example.org"));
    /// assert_eq!(registry.queue().flush().ran(), 1);
    /// ```
    #[must_use]
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// The emission whose handler emitted or enqueued this event, if any.
    #[must_use]
    pub fn parent(&self) -> Option<EmissionId> {
        self.parent
    }

    /// Ends the run-time subscription whose handler has this emission, as if its [`Subscription`](crate::Subscription)
    /// were dropped: once this has returned, the handler is not started again on this thread, and the present call runs
    /// to its end. Also if the subscription is detached. A batch and a listener are one subscription, of which all
    /// handlers are unsubscribed.
    ///
    /// Returns whether the handler belongs to a run-time subscription: `false` for a subscriber that a scan has
    /// registered, which is never removed. A second call has no effect.
    ///
    /// ```
    /// use events_core::{Emission, Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct Progress(u32);
    ///
    /// let registry = Registry::new();
    /// let until_done = |progress: &Progress, emission: &Emission| {
    ///     if progress.0 == 100 {
    ///         emission.unsubscribe();
    ///     }
    /// };
    /// registry.on(until_done).detach();
    /// assert_eq!(registry.try_emit(Progress(50)).unwrap().ran(), 1);
    /// assert_eq!(registry.try_emit(Progress(100)).unwrap().ran(), 1);
    /// assert_eq!(registry.try_emit(Progress(100)).unwrap().ran(), 0);
    /// ```
    pub fn unsubscribe(&self) -> bool {
        self.own.end()
    }

    /// When the event was emitted, the same for all subscribers of this emission.
    ///
    /// In a sync emit the first call takes the time. For what may run later it is taken by the emit itself, if it
    /// has a subscriber that takes `&Emission`: for subscribers that are awaited, async or deferred, and for an event
    /// that is enqueued, of which it is the time of `enqueue`. If all such subscribers of an enqueued event were
    /// subscribed afterwards, it is the time at which the event began to run.
    ///
    /// It is the clock of the system, which may be set back: a later emission may have an earlier time. To measure how
    /// long something takes, use [`Instant`](std::time::Instant). A clone that is first asked outside of the emission
    /// takes the time then.
    ///
    /// ```
    /// use std::time::SystemTime;
    /// use events_core::{Emission, Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced;
    ///
    /// let registry = Registry::new();
    /// registry
    ///     .on(|_: &OrderPlaced, emission: &Emission| {
    ///         let age = SystemTime::now().duration_since(emission.time()).unwrap_or_default();
    ///         println!("enqueued {} ms ago", age.as_millis());
    ///     })
    ///     .detach();
    /// registry.enqueue(OrderPlaced).expect("the queue has room");
    /// assert_eq!(registry.queue().flush().ran(), 1);
    /// ```
    #[must_use]
    pub fn time(&self) -> SystemTime {
        self.time.get_or_init(|| emission_time(self.id)).get()
    }

    /// Where the event was emitted: the line of the call of `emit`, `enqueue` or another such method.
    ///
    /// Of a record event that an integration emits, such as `events-seaorm`, it is a place in the integration, not that of the write.
    ///
    /// `None` for an event that was enqueued when none of its subscribers took `&Emission`: nothing is stored for such
    /// an event.
    ///
    /// ```
    /// use events_core::{Emission, Event, Registry};
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced;
    ///
    /// let registry = Registry::new();
    /// let trace = |_: &OrderPlaced, emission: &Emission| {
    ///     let location = emission.location().expect("it is emitted at once");
    ///     println!("emitted at {location}");
    ///     assert_eq!(location.file(), file!());
    /// };
    /// registry.on(trace).detach();
    /// assert_eq!(registry.try_emit(OrderPlaced).expect("the assertion holds").ran(), 1);
    /// ```
    #[must_use]
    pub fn location(&self) -> Option<Location> {
        known(self.site).map(Location::from)
    }
}

impl OwnSubscription {
    /// The emission of a call, with this handle.
    pub(crate) fn emission_of(&self, source: &(impl EmissionSource + ?Sized)) -> Emission {
        source.emission(self.clone())
    }
}

impl fmt::Debug for Emission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Emission")
            .field("topic", &format_args!("\"{}\"", one_line(&self.topic)))
            .field("origin", &self.origin)
            .field("id", &self.id)
            .field("parent", &self.parent)
            .field("attempt", &self.attempt)
            .finish()
    }
}

/// What the parameters of a handler are made from.
#[doc(hidden)]
pub trait EmissionSource {
    /// Creates the emission, for a handler that has it as a parameter.
    fn emission(&self, own: OwnSubscription) -> Emission;
}
