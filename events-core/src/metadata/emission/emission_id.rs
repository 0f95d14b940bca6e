//! The id of an emission.

use std::{
    cell::Cell,
    fmt,
    hash::{BuildHasher, RandomState},
    num::NonZeroU64,
    sync::{
        OnceLock,
        atomic::{AtomicU64, Ordering},
    },
};

/// The id of an emission, unique also among other processes; created on demand.
///
/// `Display` shows a random number of the process, in hexadecimal, and the number of the emission in it:
/// `9c41d0f2ab37e615-42`. A process that is forked has the number of its parent.
///
/// The ids of different threads are not in the order of their emits. A handler receives them with its
/// [`Emission`](crate::Emission): that of its own emission, and that of the one whose handler emitted the event.
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
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmissionId(NonZeroU64);

/// The method that returns the id as a UUID is available.
#[cfg(not(feature = "uuid"))]
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`uuid` needs the feature `uuid` of `events-core`, which is off",
    label = "turn on the feature `uuid` of `events-core`: `features = [\"uuid\"]` in Cargo.toml"
)]
pub trait UuidNeedsFeature {}

impl fmt::Display for EmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}-{}", process_number(), self.0)
    }
}

impl fmt::Debug for EmissionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmissionId({self})")
    }
}

/// A random number of this process, from the keys with which the standard library protects its maps.
fn process_number() -> u64 {
    static NUMBER: OnceLock<u64> = OnceLock::new();
    *NUMBER.get_or_init(|| RandomState::new().hash_one(std::process::id()))
}

impl EmissionId {
    /// Each thread reserves a block of ids at once, so that threads contend for a cache line only once
    /// in 1024 ids.
    const BLOCK: u64 = 1024;

    /// The id as a UUID of version 8: 60 random bits of the process, and the number of the emission in it.
    ///
    /// This needs the cargo feature `uuid` of `events-core`.
    ///
    /// ```
    /// use events_core::{Emission, Event};
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced;
    ///
    /// let id = Emission::of::<OrderPlaced>().id();
    /// assert_eq!(id.uuid().get_version_num(), 8);
    /// assert_ne!(id.uuid(), Emission::of::<OrderPlaced>().id().uuid());
    /// ```
    #[cfg(feature = "uuid")]
    #[must_use]
    pub fn uuid(self) -> uuid::Uuid {
        let number = (u128::from(process_number()) << 64) | u128::from(self.0.get());
        uuid::Builder::from_custom_bytes(number.to_be_bytes()).into_uuid()
    }

    /// Does not compile when called; the error names the feature.
    #[cfg(not(feature = "uuid"))]
    #[doc(hidden)]
    pub fn uuid(self)
    where
        for<'a> &'a Self: UuidNeedsFeature,
    {
    }

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
