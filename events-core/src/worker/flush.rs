//! Flushing: running the jobs of a queue until it is empty.

use std::{
    any::Any,
    fmt,
    future::Future,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    pin::Pin,
    task::{Context, Poll, Waker, ready},
};

use super::{
    block_on::block_on_until,
    driver::{Driver, Until},
    queue_handle::Queue,
    tokio_thread::{is_driving_current_thread_runtime, refuse},
};
use crate::{
    context::{depth, is_in_job_of},
    current::registry,
    primitives::{Plural, catch_record},
    queue::QueueOwner,
    registry::Registry,
};

/// The result of a flush.
///
/// ```
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct MailQueued(&'static str);
///
/// let registry = Registry::new();
/// registry
///     .on(|mail: &MailQueued| match mail.0.contains('@') {
///         true => Ok(()),
///         false => Err("no address"),
///     })
///     .detach();
///
/// registry.enqueue(MailQueued("a@x.org"))?;
/// registry.enqueue(MailQueued("postmaster"))?;
/// let flushed = registry.queue().flush();
/// assert_eq!((flushed.ran(), flushed.failures(), flushed.left()), (2, 1, 0));
/// assert_eq!(flushed.to_string(), "2 events ran, 1 subscriber failed, none left");
/// # Ok::<(), events_core::queues::QueueFull<MailQueued>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flushed {
    ran: usize,
    failures: usize,
    left: usize,
}

impl Flushed {
    /// How many events it ran to their end; one that a shutdown takes from it at its deadline is not among them.
    #[must_use]
    pub fn ran(&self) -> usize {
        self.ran
    }

    /// How many subscribers failed; each is logged.
    #[must_use]
    pub fn failures(&self) -> usize {
        self.failures
    }

    /// How many events are still queued: none, unless the flush was called by a subscriber that the
    /// same queue runs, was cut off because each event enqueued another one, or was called where no
    /// further emit may be nested or little of the stack is left.
    #[must_use]
    pub fn left(&self) -> usize {
        self.left
    }
}

impl fmt::Display for Flushed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            ran,
            failures,
            left,
        } = self;
        let (ran, failures) = (Plural(*ran, "event"), Plural(*failures, "subscriber"));
        write!(f, "{ran} ran, {failures} failed, ")?;
        match left {
            0 => f.write_str("none left"),
            left => write!(f, "{left} left"),
        }
    }
}

impl Queue {
    /// Runs the queued events one after the other until the queue is empty, including those that are
    /// added meanwhile, and the [scheduled](Self::scheduled) ones that are due. Blocks the thread while an async subscriber is pending.
    ///
    /// In async code use [`flush_async`](Self::flush_async): blocking the thread of a runtime may
    /// keep the runtime from waking the subscriber that this waits for. If it is the only thread of the runtime,
    /// and the subscriber awaits a task, a timer or a socket of that runtime, a flush never returns, unless this
    /// can be detected, see below. On a multi-thread runtime it occupies one of the threads.
    ///
    /// A chain of events without an end, each of which enqueues the next one, is cut off after 1,000
    /// events, which is logged; the remaining events stay in the queue. A flush counts each chain from its own beginning.
    /// Events that another thread enqueues, or that a single event enqueues, are no chain: a flush runs them as long as
    /// they come. Called by a subscriber that
    /// this queue runs, it returns at once: the flush or worker that runs the subscriber runs the
    /// queued events afterwards. Called by a handler of an emit, it does not wait for an event that waits for a
    /// subscriber of that emit, as with [`concurrency`](crate::subscribing::NewSubscription::concurrency): that subscriber
    /// cannot proceed meanwhile. This is logged, and a later flush or worker runs the event. Called by a handler in which
    /// no further emit may be nested (see [`Registry::set_depth_limit`]), it starts no event, which is logged; the events
    /// stay in the queue.
    ///
    /// # Panics
    ///
    /// With the cargo feature `tokio`, when it would have to wait on the thread that runs the tasks of a
    /// current-thread runtime of tokio, as in `#[tokio::test]`. The event in progress is kept for
    /// [`shutdown`](Self::shutdown), and the others stay in the queue. It waits, and does not panic, inside
    /// `spawn_blocking`. During another panic, this is logged at `error` instead.
    #[track_caller]
    pub fn flush(&self) -> Flushed {
        let mut flush = self.flush_async();
        if depth() > 0 {
            flush.begin_blocking();
        }
        let poll = |waker: &Waker| flush.poll_with(waker);
        let flushed = block_on_until(poll, None, is_driving_current_thread_runtime).ok();
        // Not in a closure, which would not pass the caller's location on.
        if flushed.is_none() {
            if let Some(driver) = &mut flush.driver {
                driver.set_refused("flush()");
            }
            drop(flush);
            refuse("flush()", "flush_async()");
        }
        flushed.unwrap_or_else(|| Flushed {
            left: self.len(),
            ..Flushed::default()
        })
    }

    /// [`flush`](Self::flush) without blocking; no runtime is needed.
    ///
    /// Once it is polled inside a subscriber that this queue runs, it starts no further event, and is ready when the
    /// one that it has started before, if any, has ended. An event in progress is not resumed where no further emit may
    /// be nested; a poll elsewhere resumes it.
    ///
    /// # Cancellation
    ///
    /// Dropping the future stops the flush. Queued events stay in the queue. An event whose subscribers have not all finished is then
    /// kept for [`shutdown`](Self::shutdown), which returns it, and that is logged.
    pub fn flush_async(&self) -> Flush {
        Flush {
            queue: self.clone(),
            driver: None,
        }
    }
}

/// A flush as a future; returned by [`Queue::flush_async`].
///
/// It does nothing before its first poll. Dropping it stops the flush:
///
/// ```
/// use std::{future::pending, time::Duration};
/// use events_core::{Event, Registry};
///
/// #[derive(Event, Clone)]
/// struct MailQueued;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let registry = Registry::new();
/// // Its mail server does not answer:
/// registry.on_async(async |_: &MailQueued| pending::<()>().await).detach();
/// registry.emit(MailQueued);
///
/// let flush = registry.queue().flush_async();
/// assert!(tokio::time::timeout(Duration::from_millis(10), flush).await.is_err());
///
/// // The event that was in progress is not lost:
/// let unfinished = registry.queue().shutdown_async(async {}).await;
/// assert_eq!(unfinished.events.len(), 1);
/// # });
/// ```
#[must_use = "futures do nothing unless awaited"]
pub struct Flush {
    queue: Queue,
    /// `None` before the first poll, and when the flush has ended.
    driver: Option<Driver>,
}

impl Flush {
    /// It blocks a thread with emits in progress.
    #[cold]
    #[inline(never)]
    fn begin_blocking(&mut self) {
        let registry = &self.queue.0;
        if !is_in_job_of(registry.core().queue_id()) {
            let driver = Driver::new(registry.clone(), 1, Until::Empty);
            self.driver.insert(driver).set_blocking();
        }
    }

    pub(super) fn poll_with(&mut self, waker: &Waker) -> Poll<Flushed> {
        let registry = &self.queue.0;
        let is_inside = is_in_job_of(registry.core().queue_id());
        match &mut self.driver {
            Some(driver) if is_inside => ready!(driver.poll_started(waker)),
            None if is_inside => {}
            driver => {
                let new = || Driver::new(registry.clone(), 1, Until::Empty);
                ready!(driver.get_or_insert_with(new).poll(waker));
            }
        }
        let mut flushed = Flushed::default();
        let (mut is_cut_off, mut starts_none) = (false, is_inside);
        if let Some(driver) = self.driver.take() {
            flushed.ran = driver.events;
            flushed.failures = driver.failures;
            is_cut_off = driver.is_cut_off();
            starts_none |= driver.is_too_deep() || driver.is_stop_requested();
            log_blocked(driver.blocked());
        }
        if is_cut_off || starts_none {
            flushed.left = self.queue.len();
        }
        if is_cut_off && flushed.left > 0 {
            catch_record(|| {
                tracing::error!(
                    target: "events_core",
                    ran = flushed.ran,
                    left = flushed.left,
                    "a flush was cut off: each event enqueues another one; let the chain of events end",
                );
            });
        }
        Poll::Ready(flushed)
    }
}

/// Logs that a blocking flush leaves events which wait for an emit of its thread.
fn log_blocked(events: usize) {
    if events > 0 {
        catch_record(|| {
            tracing::error!(
                target: "events_core",
                events,
                "a flush leaves events that wait for a subscriber of an emit in progress on this thread, which the flush \
                 blocks; await flush_async(), or flush after the emit",
            );
        });
    }
}

impl Future for Flush {
    type Output = Flushed;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Flushed> {
        self.get_mut().poll_with(context.waker())
    }
}

impl fmt::Debug for Flush {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Flush")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}

/// Calls `f`, and then flushes the queue of the registry that is current at the time of the call, even
/// when `f` panics.
///
/// As an attribute of a function: [`flush_queue`](macro@crate::flush_queue).
///
/// # Panics
///
/// As [`flush`](Queue::flush), which blocks the thread: not for async code that runs on a current-thread runtime.
///
/// ```
/// use events_core::{Event, Registry, queues::flush_after};
///
/// #[derive(Event, Clone)]
/// struct Saved;
///
/// let registry = Registry::new();
/// registry.on(|_: &Saved| println!("saved")).detach();
/// let _scope = registry.enter();
///
/// flush_after(|| Saved.enqueue().expect("the queue has room"));
/// assert!(registry.queue().is_empty());
/// ```
#[track_caller]
pub fn flush_after<T>(f: impl FnOnce() -> T) -> T {
    let mut on_panic = FlushOnDrop::new(|queue: &Queue| _ = queue.flush());
    let value = f();
    // The destructor would not have the location of the caller.
    if let Some(registry) = on_panic.registry.take() {
        registry.queue().flush();
    }
    value
}

/// When dropped, flushes the queue of the registry that was current when this was created.
#[doc(hidden)]
pub struct FlushOnDrop<F: Fn(&Queue)> {
    /// `None` once the queue is flushed.
    registry: Option<Registry>,
    /// Flushes the queue. A closure of the caller, so that a panic of the flush is located there.
    flush: F,
}

impl<F: Fn(&Queue)> FlushOnDrop<F> {
    /// For the current registry.
    #[must_use]
    pub fn new(flush: F) -> Self {
        Self {
            registry: Some(registry()),
            flush,
        }
    }
}

impl<F: Fn(&Queue)> Drop for FlushOnDrop<F> {
    fn drop(&mut self) {
        if let Some(registry) = self.registry.take() {
            (self.flush)(&registry.queue());
        }
    }
}

impl<F: Fn(&Queue)> fmt::Debug for FlushOnDrop<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlushOnDrop")
            .field("registry", &self.registry)
            .finish_non_exhaustive()
    }
}

/// Awaits a future, and then flushes the queue of the registry that is current at the time of the call,
/// even when the future panics. A future that is dropped before it is ready flushes nothing.
#[doc(hidden)]
pub fn flush_after_async<F: Future>(future: F) -> FlushAfter<F> {
    FlushAfter {
        future,
        result: None,
        flush: registry().queue().flush_async(),
    }
}

pin_project_lite::pin_project! {
    /// A future that is followed by a flush.
    #[doc(hidden)]
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct FlushAfter<F: Future> {
        #[pin]
        future: F,
        result: Option<Result<F::Output, Box<dyn Any + Send>>>,
        flush: Flush,
    }
}

impl<F: Future> Future for FlushAfter<F> {
    type Output = F::Output;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let this = self.project();
        if this.result.is_none() {
            let polled = catch_unwind(AssertUnwindSafe(|| this.future.poll(context)));
            *this.result = match polled {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(value)) => Some(Ok(value)),
                Err(payload) => Some(Err(payload)),
            };
        }
        ready!(this.flush.poll_with(context.waker()));
        match this.result.take() {
            Some(Ok(value)) => Poll::Ready(value),
            Some(Err(payload)) => resume_unwind(payload),
            None => panic!("a future was polled after it was ready"),
        }
    }
}
