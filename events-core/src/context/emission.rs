//! One emission as its handlers receive it: topic, origin, id and parent.

use std::{borrow::Cow, fmt};

use crate::{
    event::Event,
    metadata::{EmissionId, Origin},
    primitives::one_line,
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
}

impl Emission {
    pub(super) fn new(
        topic: Cow<'static, str>,
        origin: Option<Origin>,
        id: EmissionId,
        parent: Option<EmissionId>,
    ) -> Self {
        Self {
            topic,
            origin,
            id,
            parent,
            attempt: 1,
        }
    }

    /// The same for this attempt of the handler.
    pub(crate) fn of_attempt(self, attempt: u32) -> Self {
        Self { attempt, ..self }
    }

    /// An emission of `E` without an origin, for calling a handler directly in a test.
    #[must_use]
    pub fn of<E: Event>() -> Self {
        Self::new(E::topic().into(), None, EmissionId::new(), None)
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

    /// The id of this emission, unique in this process and the same for all its subscribers.
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
    fn emission(&self) -> Emission;
}
