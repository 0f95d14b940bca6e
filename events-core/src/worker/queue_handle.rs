//! The queue of a registry, as users hold it.

use std::fmt;

use crate::registry::Registry;

/// The queue of a registry: events that wait to be emitted, and copies of emitted ones that wait for
/// their `async` and `deferred` subscribers.
///
/// An event gets here by [`enqueue`](crate::Event::enqueue), which returns at once, and a copy by a
/// sync [`emit`](crate::Event::emit) of an event with subscribers that run later. Both wait in one
/// order until somebody empties the queue:
///
/// - [`flush`](Self::flush), [`flush_async`](Self::flush_async), `#[flush_queue]` and
///   [`flush_after`](crate::queues::flush_after) run what waits, and what comes meanwhile, and return;
/// - a worker runs it as it comes: on a thread of its own
///   ([`spawn_thread`](Self::spawn_thread)), on tokio (`spawn_tokio`), or wherever you poll
///   [`work`](Self::work);
/// - [`shutdown`](Self::shutdown) takes nothing new, runs what waits, and hands back what it could
///   not finish in time.
///
/// What runs out of a queue sees its registry as the current one, and is in the span in which it was
/// put there.
///
/// At most [`capacity`](Self::capacity) wait, 65,536 unless told. When the queue is full, `enqueue`
/// gives the event back in an error; of a sync emit, a sync deferred subscriber runs at once on the
/// caller, and an async one counts as failed. Nothing is dropped in silence: that the queue is full
/// while nobody empties it is logged once, and so is a registry that goes with events in its queue.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event, Clone)]
/// struct OrderPlaced {
///     number: u32,
/// }
///
/// let registry = Registry::new();
/// registry.on(|order: &OrderPlaced| println!("packing order {}", order.number)).detach();
///
/// registry.enqueue(OrderPlaced { number: 7 })?;
/// assert_eq!(registry.queue().len(), 1);
/// assert_eq!(registry.queue().flush().ran(), 1);
/// assert!(registry.queue().is_empty());
/// # Ok::<(), events_core::queues::QueueFull<OrderPlaced>>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Queue(pub(crate) Registry);

impl Registry {
    /// The queue of this registry.
    #[must_use]
    pub fn queue(&self) -> Queue {
        Queue(self.clone())
    }
}

impl Queue {
    /// How many events wait; those that are under way do not.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.core().queue().len()
    }

    /// Whether no event waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a [`shutdown`](Self::shutdown) has begun: nothing new is taken.
    #[must_use]
    pub fn is_shut_down(&self) -> bool {
        !self.0.core().queue().is_open()
    }

    /// How many events may wait.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.core().queue().capacity()
    }

    /// Sets how many events may wait, at least 1. Those that wait already stay, even when they are
    /// more.
    pub fn set_capacity(&self, capacity: usize) {
        self.0.core().queue().set_capacity(capacity);
    }
}

impl fmt::Debug for Queue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Queue")
            .field("len", &self.len())
            .field("capacity", &self.capacity())
            .finish_non_exhaustive()
    }
}
