//! One emission as its handlers see it: topic, origin, id and parent.

use std::{
    borrow::Cow,
    cell::Cell,
    fmt,
    num::NonZeroU64,
    sync::atomic::{AtomicU64, Ordering},
};

use crate::{event::Event, metadata::Origin};

/// What tells one emission from every other of this process; made when somebody asks for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmissionId(NonZeroU64);

impl fmt::Display for EmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl EmissionId {
    /// Each thread takes ids from a block of its own, so that threads share a line of cache once
    /// in a thousand ids only.
    const BLOCK: u64 = 1024;

    pub(crate) fn new() -> Self {
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

/// One emit, for the subscriber that asks: `fn h(event: &E, emission: &Emission)`.
///
/// It is made for those who ask; an emit that nobody asks about has no id.
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
#[derive(Clone, Debug)]
pub struct Emission {
    topic: Cow<'static, str>,
    origin: Option<Origin>,
    id: EmissionId,
    parent: Option<EmissionId>,
}

impl Emission {
    pub(crate) fn new(
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
        }
    }

    /// An emission of `E` from nowhere, for calling a subscriber by hand in its own test.
    #[must_use]
    pub fn of<E: Event>() -> Self {
        Self::new(E::topic().into(), None, EmissionId::new(), None)
    }

    /// The topic of the event.
    #[must_use]
    pub fn topic(&self) -> &str {
        &self.topic
    }

    /// Where the event was emitted from, when the emitter said so.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        self.origin.as_ref()
    }

    /// What tells this emission from every other of this process: the same for all its subscribers.
    #[must_use]
    pub fn id(&self) -> EmissionId {
        self.id
    }

    /// The emission whose subscriber emitted this one.
    #[must_use]
    pub fn parent(&self) -> Option<EmissionId> {
        self.parent
    }
}

/// What a [`Param`](super::Param) is made from.
#[doc(hidden)]
pub trait EmissionSource {
    /// The emission, for a subscriber that asks for it.
    fn emission(&self) -> Emission;
}
