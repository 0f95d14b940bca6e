//! The handle of a scheduled event.

use std::{
    any::Any,
    fmt,
    marker::PhantomData,
    time::{Instant, SystemTime},
};

use crate::{
    registry::{Registry, WeakRegistry},
    time::TimeKey,
};

/// The handle of an event that is put into the queue later; [`Event::enqueue_after`](crate::Event::enqueue_after) and
/// [`Event::enqueue_at`](crate::Event::enqueue_at) return it.
///
/// Dropping it keeps the event scheduled; [`cancel`](Self::cancel) takes it back. It does not keep the registry alive.
///
/// Guide: [time](crate::guide::time).
///
/// ```
/// use std::{collections::HashMap, time::Duration};
/// use events_core::{Event, Registry, queues::Scheduled};
///
/// #[derive(Event)]
/// struct CartAbandoned {
///     cart: u32,
/// }
///
/// let registry = Registry::new();
/// let mut reminders: HashMap<u32, Scheduled<CartAbandoned>> = HashMap::new();
///
/// // An article is put into the cart:
/// let in_an_hour = Duration::from_secs(3600);
/// reminders.insert(7, registry.enqueue_after(CartAbandoned { cart: 7 }, in_an_hour)?);
///
/// // The cart is paid:
/// let reminder = reminders.remove(&7).expect("there was an article in it");
/// assert_eq!(reminder.cancel().map(|event| event.cart), Some(7));
/// assert_eq!(registry.queue().scheduled(), 0);
/// # Ok::<(), events_core::queues::QueueFull<CartAbandoned>>(())
/// ```
pub struct Scheduled<E> {
    registry: WeakRegistry,
    /// `None` if a mock has recorded the event in place of scheduling it.
    key: Option<TimeKey>,
    due: SystemTime,
    event: PhantomData<fn() -> E>,
}

impl<E> Scheduled<E> {
    #[cold]
    pub(super) fn new(registry: &Registry, key: Option<TimeKey>, due: Instant) -> Self {
        Self {
            due: registry.core().clock().to_system()(due),
            registry: registry.weak(),
            key,
            event: PhantomData,
        }
    }

    /// When the event is put into the queue, on the clock of the system as it was when the event was scheduled.
    #[must_use]
    pub fn due(&self) -> SystemTime {
        self.due
    }

    /// Whether the event is scheduled: it was not put into the queue yet, nor returned by a shutdown.
    #[must_use]
    pub fn is_scheduled(&self) -> bool {
        let registry = self.registry.upgrade();
        let is_scheduled = |registry: Registry| {
            let queue = registry.core().queue();
            self.key.is_some_and(|key| queue.is_scheduled(key))
        };
        registry.is_some_and(is_scheduled)
    }
}

impl<E: Any> Scheduled<E> {
    /// Takes the event back. `None` if its time has come and it was put into the queue, where it cannot be cancelled any
    /// more; if a shutdown has returned it; or if its registry was dropped. Exactly one gets the event, also when its time
    /// comes at this moment.
    ///
    /// Inside a test that records events of this type in place of delivering them, there is no event to take back.
    #[must_use = "the event is not run; drop it, or `let _ =` it, if it is not needed"]
    pub fn cancel(self) -> Option<E> {
        let registry = self.registry.upgrade()?;
        let job = registry.core().queue().unschedule(self.key?)?;
        let event = job.take()?.event.into_inner();
        event.downcast().ok().map(|event| *event)
    }
}

impl<E> fmt::Debug for Scheduled<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scheduled")
            .field("due", &self.due)
            .finish_non_exhaustive()
    }
}
