//! The public handle of a registry's queue.

use std::fmt;

use crate::{queue::QueueStats, registry::Registry};

/// The queue of a registry. It holds enqueued events, and snapshots: clones of emitted events for their
/// `async` and `deferred` subscribers.
///
/// [`Registry::queue`] returns it. [`registry()`](crate::registry())`.queue()` is the queue of the current
/// registry, which is the default one unless another is entered. It does not run by itself: flush it, or
/// start a worker, for instance in `main`: `events_core::registry().queue().spawn_tokio(8).detach()` in a program on
/// tokio (cargo feature `tokio`), `spawn_thread().detach()` in one whose handlers use no runtime.
///
/// [`enqueue`](crate::Event::enqueue) adds an event and returns at once; a sync
/// [`emit`](crate::Event::emit) adds a snapshot if the event has `async` or `deferred` subscribers.
/// Both stay in one order until they are run:
///
/// - [`flush`](Self::flush), [`flush_async`](Self::flush_async), `#[flush_queue]` and
///   [`flush_after`](crate::queues::flush_after) run everything that is queued, including what is added
///   meanwhile, and return;
/// - a worker runs each event as it arrives: on a thread of its own
///   ([`spawn_thread`](Self::spawn_thread)), on tokio (`spawn_tokio`, with the cargo feature `tokio`), or
///   wherever you poll [`work`](Self::work);
/// - [`shutdown`](Self::shutdown) accepts no new events, runs those that are queued, and returns those
///   that it could not finish in time.
///
/// While a queued event runs, the registry of the queue is the current one, and the tracing span is the
/// one in which the event was added.
///
/// [`enqueue_after`](crate::Event::enqueue_after), [`enqueue_at`](crate::Event::enqueue_at) and subscribers with a delay
/// schedule an event: it is put into the queue when its time has come. See [time](crate::guide::time).
///
/// At most [`capacity`](Self::capacity) events are queued, 65,536 unless set otherwise. When the queue
/// is full, `enqueue` returns the event in an error; of a sync emit, a sync deferred subscriber runs at
/// once on the caller, and an async one counts as failed. Nothing is dropped without a record: a full
/// queue without a worker is logged once at `warn`, and so are the topics of the events that are still queued
/// when their registry is dropped, or, for the default registry, when the main thread ends.
///
/// That record does not include the events that a worker is running: the end of the program ends all its
/// threads, in the middle of an event. Nothing is logged when the process aborts, or when another thread than
/// the main one calls [`std::process::exit`]. Call [`shutdown`](Self::shutdown) at the end of `main`.
///
/// A panic in the `Drop` of an event that the queue drops is caught and logged at `error`; the events behind
/// it run.
///
/// Guide: [the queue](crate::guide::queue).
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
pub struct Queue(pub(super) Registry);

impl Registry {
    /// The queue of this registry.
    #[must_use]
    pub fn queue(&self) -> Queue {
        Queue(self.clone())
    }
}

impl Queue {
    /// How many events are queued, without those that are running, and without those that were started and wait until
    /// their subscribers may be called, which [`stats`](Self::stats) counts.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.core().queue().len()
    }

    /// Whether no event is queued.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether a [`shutdown`](Self::shutdown) has begun: no new events are accepted.
    #[must_use]
    pub fn is_shut_down(&self) -> bool {
        !self.0.core().queue().is_open()
    }

    /// Counts of this queue: what is waiting and under way, and what has run and failed since the registry was created.
    ///
    /// The numbers are read one after the other, while workers run: they are those of slightly different moments.
    #[must_use]
    pub fn stats(&self) -> QueueStats {
        let core = self.0.core();
        let mut stats = core
            .drivers()
            .stats(core.clock().now(), || core.queue().span());
        stats.parked = core.queue().parked();
        stats.scheduled = core.queue().scheduled();
        stats.retried = core.queue().retried();
        stats
    }

    /// How many events can be queued.
    #[must_use]
    pub fn capacity(&self) -> usize {
        self.0.core().queue().capacity()
    }

    /// Sets how many events can be queued, at least 1. Queued events stay, even if they are more.
    ///
    /// Events that were started, and wait until a subscriber may be called, take no part of the capacity: see
    /// [`QueueStats::parked`](crate::queues::QueueStats::parked). Of these, as many as the capacity may wait for each subscriber
    /// with `concurrency` or `per_key`. When they do, an emit does not deliver to that subscriber, which is a failure with
    /// [`Undelivered::BacklogFull`](crate::failures::Undelivered::BacklogFull), and the others receive the event. An event
    /// that was enqueued is delivered to all others when it runs, and not to that one; an event of a unit of work when the unit
    /// ends. What is queued or scheduled before the limit is reached is delivered in any case, so more may wait, by as many as
    /// are queued and scheduled.
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::{Event, Registry, Retry, failures::{Cause, Undelivered}};
    ///
    /// #[derive(Event, Clone)]
    /// struct Paid(u32);
    ///
    /// let registry = Registry::new();
    /// let receipt = registry.subscribe_async(async |_: &Paid| Err("the mail server does not answer"));
    /// let hour = Duration::from_secs(3600);
    /// receipt.concurrency(1).retry(Retry::exponential(hour, hour)).register()?.detach();
    /// registry.queue().set_capacity(2);
    ///
    /// for order in 1..=3 {
    ///     registry.emit(Paid(order)); // order 1 is tried again in an hour, and the others wait for it
    ///     registry.queue().flush();
    /// }
    /// let refused = registry.try_emit(Paid(4)).unwrap_err();
    /// let cause = refused.failures()[0].cause();
    /// assert!(matches!(cause, Cause::Undelivered(Undelivered::BacklogFull { capacity: 2 })));
    /// let stats = registry.queue().stats();
    /// assert_eq!((stats.waiting, stats.parked, stats.scheduled), (0, 2, 1));
    /// # Ok::<(), events_core::subscribing::SubscribeError>(())
    /// ```
    pub fn set_capacity(&self, capacity: usize) {
        self.0.core().queue().set_capacity(capacity);
    }

    /// How many events are scheduled: those of [`enqueue_after`](crate::Event::enqueue_after) and
    /// [`enqueue_at`](crate::Event::enqueue_at), the snapshots for subscribers with a delay, the calls that are tried again, and
    /// the debounced events, until their time has come.
    /// They are not among those of [`len`](Self::len).
    #[must_use]
    pub fn scheduled(&self) -> usize {
        self.0.core().queue().scheduled()
    }

    /// How many events can be scheduled: 1,048,576, unless another number is set.
    #[must_use]
    pub fn schedule_capacity(&self) -> usize {
        self.0.core().queue().schedule_capacity()
    }

    /// Sets how many events can be scheduled. Scheduled events stay, even if they are more.
    pub fn set_schedule_capacity(&self, capacity: usize) {
        self.0.core().queue().set_schedule_capacity(capacity);
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
