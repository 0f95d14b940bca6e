//! The id of an emission.

use std::{
    cell::Cell,
    fmt,
    num::NonZeroU64,
    sync::atomic::{AtomicU64, Ordering},
};

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
