//! The handle of a scheduled event.

use std::{
    any::Any,
    fmt,
    marker::PhantomData,
    sync::Arc,
    time::{Instant, SystemTime},
};

use crate::{
    queue::UnfinishedJob,
    registry::{Registry, WeakRegistry},
    time::TimeKey,
};

/// The handle of an event that is put into the queue later; [`Event::enqueue_after`](crate::Event::enqueue_after) and
/// [`Event::enqueue_at`](crate::Event::enqueue_at) return it.
///
/// In a [unit of work](crate::UnitOfWork) that is entered, the event is scheduled by the commit, for the time that was
/// determined by the call.
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
    place: ScheduledPlace,
    due: SystemTime,
    event: PhantomData<fn() -> E>,
}

/// Where a scheduled event is.
pub(super) enum ScheduledPlace {
    /// A mock has recorded it in place of scheduling it.
    Nowhere,
    InSchedule(TimeKey),
    /// It was scheduled in a unit of work.
    OfUnit(Arc<dyn ScheduledInUnit>),
}

/// An event that was scheduled in a unit of work.
pub(super) trait ScheduledInUnit: Send + Sync {
    /// Whether the event is still there.
    fn is_scheduled(&self) -> bool;

    /// Takes the event back.
    fn cancel(&self) -> Option<UnfinishedJob>;
}

impl<E> Scheduled<E> {
    #[cold]
    pub(super) fn new(registry: &Registry, place: ScheduledPlace, due: Instant) -> Self {
        Self {
            due: registry.core().clock().to_system()(due),
            registry: registry.downgrade(),
            place,
            event: PhantomData,
        }
    }

    /// When the event is put into the queue, on the clock of the system as it was when the event was scheduled.
    #[must_use]
    pub fn due(&self) -> SystemTime {
        self.due
    }

    /// Whether the event is scheduled: it was not put into the queue yet, nor returned by a shutdown, nor is its unit of work
    /// rolled back.
    #[must_use]
    pub fn is_scheduled(&self) -> bool {
        let Some(registry) = self.registry.upgrade() else {
            return false;
        };
        match &self.place {
            ScheduledPlace::Nowhere => false,
            ScheduledPlace::InSchedule(key) => registry.core().queue().is_scheduled(*key),
            ScheduledPlace::OfUnit(event) => event.is_scheduled(),
        }
    }
}

impl<E: Any> Scheduled<E> {
    /// Takes the event back. `None` if its time has come and it was put into the queue, where it cannot be cancelled any
    /// more; if a shutdown has returned it; if the [unit of work](crate::UnitOfWork) in which it was scheduled is rolled back; or
    /// if its registry was dropped. Exactly one gets the event, also when its time
    /// comes at this moment.
    ///
    /// Inside a test that records events of this type in place of delivering them, there is no event to take back.
    #[must_use = "the event is not run; drop it, or `let _ =` it, if it is not needed"]
    pub fn cancel(self) -> Option<E> {
        let registry = self.registry.upgrade()?;
        let job = match self.place {
            ScheduledPlace::Nowhere => None,
            ScheduledPlace::InSchedule(key) => registry.core().queue().unschedule(key)?.take(),
            ScheduledPlace::OfUnit(event) => event.cancel(),
        };
        let event = job?.event.into_inner();
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
