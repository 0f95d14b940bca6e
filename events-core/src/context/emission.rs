//! One emission as its handlers receive it: topic, origin, id and parent.

use std::{
    borrow::Cow,
    cell::Cell,
    fmt,
    num::NonZeroU64,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{event::Event, metadata::Origin, primitives::one_line};

/// The id of an emission, unique in this process; created on demand.
///
/// The ids of different threads are not in the order of their emits. A handler receives them with its
/// [`Emission`]: that of its own emission, and that of the one whose handler emitted the event.
///
/// ```
/// use std::sync::mpsc;
/// use events_core::{AnyEvent, Emission, Event, Registry, info::EmissionId};
///
/// #[derive(Event)]
/// struct OrderPlaced;
/// #[derive(Event)]
/// struct MailQueued;
///
/// let registry = Registry::new();
/// let (log, lines) = mpsc::channel::<(EmissionId, Option<EmissionId>)>();
/// let _trace = registry.on_topic(".*", move |_: &dyn AnyEvent, emission: &Emission| {
///     log.send((emission.id(), emission.parent()))
/// })?;
/// let _confirm = registry.on(|_: &OrderPlaced| _ = MailQueued.emit());
///
/// let _scope = registry.enter();
/// OrderPlaced.emit();
/// let (order, mail) = (lines.recv()?, lines.recv()?);
/// assert_eq!(order.1, None);
/// assert_eq!(mail.1, Some(order.0)); // the handler of the order has emitted the mail
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmissionId(NonZeroU64);

impl fmt::Display for EmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl EmissionId {
    /// Each thread reserves a block of ids at once, so that threads contend for a cache line only once
    /// in 1024 ids.
    const BLOCK: u64 = 1024;

    pub(super) fn new() -> Self {
        static BLOCKS: AtomicU64 = AtomicU64::new(0);
        thread_local! {
            static NEXT: Cell<u64> = const { Cell::new(0) };
        }
        NEXT.with(|next| {
            let mut id = next.get();
            if id.is_multiple_of(Self::BLOCK) {
                id = BLOCKS.fetch_add(1, Ordering::Relaxed) * Self::BLOCK;
            }
            next.set(id + 1);
            Self(NonZeroU64::MIN.saturating_add(id))
        })
    }
}

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
