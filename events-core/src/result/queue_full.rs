//! Why the queue did not accept an event.

use std::{borrow::Cow, error::Error, fmt};

use crate::primitives::{Plural, one_line};

/// Why an event was not enqueued.
///
/// ```
/// use events_core::{Event, Registry, failures::Undelivered};
///
/// #[derive(Event)]
/// struct Job(u32);
///
/// let registry = Registry::new();
/// registry.on(|job: &Job| println!("job {}", job.0)).detach();
/// registry.queue().set_capacity(1);
///
/// let mut waiting = Vec::new();
/// for id in 1..=2 {
///     if let Err(refused) = registry.enqueue(Job(id)) {
///         match refused.why() {
///             Undelivered::QueueFull { .. } => waiting.push(refused.into_event()), // try it later
///             why => panic!("job {id} is lost: {why}"),
///         }
///     }
/// }
/// assert_eq!(registry.queue().flush().ran(), 1);
/// assert_eq!(waiting.len(), 1);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Undelivered {
    /// The queue was full.
    QueueFull {
        /// The maximum number of events in the queue.
        capacity: usize,
    },
    /// As many events were scheduled as the queue allows.
    ScheduleFull {
        /// The maximum number of scheduled events.
        capacity: usize,
    },
    /// As many events wait until this subscriber may be called, for its `concurrency`, its `per_key` or a retry, as the queue
    /// holds. The event is delivered to the other subscribers.
    BacklogFull {
        /// The maximum number of events that wait for it: the capacity of the queue.
        capacity: usize,
    },
    /// The queue was shut down.
    ShutDown,
    /// The event's `Clone` panicked, so there was no snapshot of the event for the queue.
    NotCopied,
    /// The event was emitted in a [unit of work](crate::UnitOfWork) or a savepoint that was rolled back before, or that ended
    /// before the subscribers that run at once had.
    UnitEnded,
}

impl fmt::Display for Undelivered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::QueueFull { capacity } => write!(
                f,
                "the queue is full, with {}; flush it more often, run a worker, or raise its \
                 capacity with set_capacity",
                Plural(*capacity, "event")
            ),
            Self::ScheduleFull { capacity } => write!(
                f,
                "the schedule is full, with {}; schedule fewer, cancel some, or raise its capacity with \
                 set_schedule_capacity",
                Plural(*capacity, "event")
            ),
            Self::BacklogFull { capacity } => write!(
                f,
                "its backlog is full, with {} that wait for its concurrency, its per_key or a retry; let its calls end \
                 sooner, give it fewer retries or more concurrency, or raise the capacity with set_capacity",
                Plural(*capacity, "event")
            ),
            Self::ShutDown => f.write_str("the queue is shut down"),
            Self::NotCopied => f.write_str("the event could not be cloned: its Clone panicked"),
            Self::UnitEnded => f.write_str(
                "the unit of work, or the savepoint, has ended; emit, and await the emit, before its end",
            ),
        }
    }
}

impl Error for Undelivered {}

/// An event that the queue did not accept, because the queue or its schedule is full, or it is shut down. It contains the
/// event.
///
/// Neither `Display` nor `Debug` shows anything of the event.
///
/// ```
/// use events_core::{Event, Registry, failures::Undelivered};
///
/// #[derive(Event)]
/// struct Upload {
///     bytes: u64,
/// }
///
/// let registry = Registry::new();
/// registry.queue().set_capacity(1);
/// registry.enqueue(Upload { bytes: 10 })?;
///
/// let refused = registry.enqueue(Upload { bytes: 20 }).unwrap_err();
/// assert_eq!(refused.why(), Undelivered::QueueFull { capacity: 1 });
///
/// registry.queue().flush(); // the queue has room again
/// registry.enqueue(refused.into_event())?;
/// # Ok::<(), events_core::queues::QueueFull<Upload>>(())
/// ```
pub struct QueueFull<E> {
    event: E,
    topic: Cow<'static, str>,
    why: Undelivered,
}

impl<E> QueueFull<E> {
    pub(crate) fn new(event: E, topic: Cow<'static, str>, why: Undelivered) -> Self {
        Self { event, topic, why }
    }

    /// The same, with another event.
    pub(crate) fn map<T>(self, map: impl FnOnce(E) -> T) -> QueueFull<T> {
        QueueFull {
            event: map(self.event),
            topic: self.topic,
            why: self.why,
        }
    }

    /// The event.
    #[must_use]
    pub fn event(&self) -> &E {
        &self.event
    }

    /// The event.
    #[must_use]
    pub fn into_event(self) -> E {
        self.event
    }

    /// Whether the queue or its schedule is full, or the queue is shut down.
    #[must_use]
    pub fn why(&self) -> Undelivered {
        self.why
    }
}

impl<E> fmt::Display for QueueFull<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { topic, why, .. } = self;
        write!(f, "`{}` was not enqueued: {why}", one_line(topic))
    }
}

impl<E> fmt::Debug for QueueFull<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QueueFull")
            .field("topic", &format_args!("\"{}\"", one_line(&self.topic)))
            .field("why", &self.why)
            .finish_non_exhaustive()
    }
}

impl<E> Error for QueueFull<E> {}
