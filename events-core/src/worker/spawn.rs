//! Workers: drivers that run the jobs of a queue as they arrive, until it is shut down.

use std::{
    fmt,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

#[cfg(feature = "tokio")]
use super::tokio_thread::is_current_thread_runtime;
use super::{
    block_on::{block_on, spawn_thread},
    driver::{Driver, Until},
    queue_handle::Queue,
    tokio_thread::{is_driving_current_thread_runtime, refuse},
};
#[cfg(not(feature = "tokio"))]
use crate::diagnostics::FeatureTokio;
use crate::{
    context::is_in_job_of,
    primitives::{Waiter, wait},
    queue::{InFlight, QueueOwner, RunningJob},
    registry::Registry,
};

impl Queue {
    /// Starts a worker on a thread of its own. It runs one event after the other, so that events keep
    /// their order.
    ///
    /// Async subscribers run on that thread, without a runtime; for those that need one, use a worker
    /// that the runtime polls: `spawn_tokio`, or [`work`](Self::work).
    ///
    /// The program does not wait for the thread: when `main` returns, the worker ends in the middle of its event,
    /// and the queued events are lost. Call [`shutdown`](Self::shutdown) at the end of `main`.
    ///
    /// # Panics
    ///
    /// As [`std::thread::spawn`] does, when the system cannot create a thread.
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct Mail {
    ///     to: String,
    /// }
    ///
    /// let registry = Registry::new();
    /// registry.on(|mail: &Mail| println!("sent to {}", mail.to)).detach();
    /// registry.queue().spawn_thread().detach();
    ///
    /// registry.enqueue(Mail { to: "a@x.org".into() })?;
    /// let unfinished = registry.queue().shutdown(Duration::from_secs(5));
    /// assert!(unfinished.is_empty());
    /// # Ok::<(), events_core::queues::QueueFull<Mail>>(())
    /// ```
    #[track_caller]
    pub fn spawn_thread(&self) -> Worker {
        self.spawn_thread_with(1)
    }

    /// [`spawn_thread`](Self::spawn_thread) with up to `concurrency` events in progress at once: while
    /// the async subscribers of some are pending, others start. They start in order and end in any
    /// order.
    ///
    /// # Panics
    ///
    /// As `spawn_thread`.
    #[track_caller]
    pub fn spawn_thread_with(&self, concurrency: usize) -> Worker {
        let mut work = self.work(concurrency);
        work.register();
        let worker = work.worker();
        // The thread is not joined: `Worker::stop` waits until the worker has ended.
        spawn_thread("events-queue", "a queue worker", work);
        worker
    }

    /// Starts a worker as a task of the current tokio runtime, with up to `concurrency` events in
    /// progress at once. They start in order and end in any order.
    ///
    /// The worker is a single task: a subscriber that computes for long delays all others, unless there
    /// are several workers.
    ///
    /// If the runtime is shut down first, the events in progress are kept for
    /// [`shutdown`](Self::shutdown), which returns them, and that is logged.
    ///
    /// This needs the cargo feature `tokio` of `events-core`: `features = ["tokio"]` in Cargo.toml.
    ///
    /// # Panics
    ///
    /// As `tokio::spawn` does, when there is no runtime.
    #[cfg(feature = "tokio")]
    #[track_caller]
    pub fn spawn_tokio(&self, concurrency: usize) -> Worker {
        let mut work = self.work(concurrency);
        work.register();
        if is_current_thread_runtime() {
            work.is_local_task = true;
            self.0.core().drivers().add_local_task();
        }
        let worker = work.worker();
        tokio::spawn(work);
        worker
    }

    /// Does not compile when called; the error names the feature. `for<'__any>` moves the check of the bound, which
    /// never holds, from here to the caller.
    #[cfg(not(feature = "tokio"))]
    #[doc(hidden)]
    pub fn spawn_tokio(&self, _: usize) -> Worker
    where
        for<'__any> Self: FeatureTokio,
    {
        unreachable!("the feature is off")
    }

    /// A worker as a future, for any runtime: it runs queued events when it is polled, with up to
    /// `concurrency` events in progress at once, and is ready when the queue is shut down and empty, and no other
    /// worker, flush or shutdown has an event in progress. If its first poll is inside a subscriber that this queue runs,
    /// it waits for no event that others have in progress, since that one may wait for it.
    ///
    /// Polled by a handler in which no further emit may be nested (see
    /// [`Registry::set_depth_limit`](crate::Registry::set_depth_limit)), it runs nothing, which is logged, and is pending.
    /// The events stay in the queue, and those in progress are resumed by a poll elsewhere.
    ///
    /// # Cancellation
    ///
    /// Dropping it ends the worker. The events in progress are then kept for
    /// [`shutdown`](Self::shutdown), which returns them, and that is logged. So drop a worker that is not polled any
    /// more: from its first poll on a shutdown waits for it, up to its deadline.
    pub fn work(&self, concurrency: usize) -> Work {
        self.0.core().queue().attach();
        Work {
            driver: Some(Driver::new(self.0.clone(), concurrency, Until::Drained)),
            is_local_task: false,
        }
    }
}

/// A worker as a future; returned by [`Queue::work`].
///
/// ```
/// use std::{thread, time::Duration};
/// use events_core::{Event, Registry, queues::Work};
///
/// #[derive(Event)]
/// struct Uploaded;
///
/// let registry = Registry::new();
/// registry.on(|_: &Uploaded| println!("resized")).detach();
///
/// // Up to four events at once, on an executor of the program:
/// let work: Work = registry.queue().work(4);
/// let worker = thread::spawn(|| smol::block_on(work));
///
/// registry.enqueue(Uploaded).expect("the queue has room");
/// assert!(registry.queue().shutdown(Duration::from_secs(10)).is_empty());
/// worker.join().expect("the worker ends with the shutdown");
/// ```
#[must_use = "futures do nothing unless awaited"]
pub struct Work {
    /// `None` when the worker has ended.
    driver: Option<Driver>,
    /// Whether it is a task of a current-thread runtime.
    is_local_task: bool,
}

impl Work {
    /// A shutdown or a stop waits for it also before its first poll.
    fn register(&mut self) {
        if let Some(driver) = &mut self.driver {
            driver.register();
        }
    }

    /// Whether it has an event in progress between two polls.
    pub(super) fn has_suspended(&self) -> bool {
        self.driver.as_ref().is_some_and(Driver::has_suspended)
    }

    fn worker(&self) -> Worker {
        let driver = self.driver.as_ref();
        Worker {
            target: driver
                .map(|driver| (driver.registry().clone(), Arc::clone(driver.in_flight()))),
            is_local_task: self.is_local_task,
        }
    }

    fn end(&mut self) {
        let Some(driver) = self.driver.take() else {
            return;
        };
        let core = driver.registry().core();
        core.queue().detach();
        if self.is_local_task {
            core.drivers().remove_local_task();
        }
    }
}

impl Future for Work {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let polled = match &mut self.driver {
            Some(driver) => driver.poll(context.waker()),
            None => Poll::Ready(()),
        };
        if polled.is_ready() {
            self.end();
        }
        polled
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Work {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Work").finish_non_exhaustive()
    }
}

/// The handle of a worker; returned by [`Queue::spawn_thread`] and `spawn_tokio`.
///
/// Dropping it requests the worker to end: the worker starts no further event and finishes those in
/// progress. Queued events stay in the queue. [`detach`](Self::detach) keeps the worker running until
/// the queue is shut down.
///
/// ```
/// use std::time::Duration;
/// use events_core::{Event, Registry, queues::Worker};
///
/// #[derive(Event)]
/// struct MailQueued;
///
/// /// Sends mails as long as it exists.
/// struct Mailer {
///     worker: Worker,
/// }
///
/// let registry = Registry::new();
/// registry.on(|_: &MailQueued| println!("sent")).detach();
/// let mailer = Mailer { worker: registry.queue().spawn_thread() };
/// registry.enqueue(MailQueued)?;
/// assert!(registry.queue().settle(Duration::from_secs(10)));
///
/// mailer.worker.stop(); // returns when the worker has ended
/// registry.enqueue(MailQueued)?;
/// assert_eq!(registry.queue().len(), 1);
/// # registry.queue().flush();
/// # Ok::<(), events_core::queues::QueueFull<MailQueued>>(())
/// ```
#[must_use = "dropping a Worker ends it; call `.detach()` to keep it running"]
pub struct Worker {
    /// The worker to stop; `None` when detached.
    target: Option<(Registry, Arc<InFlight<RunningJob>>)>,
    /// Whether the worker is a task of a current-thread runtime.
    is_local_task: bool,
}

impl Worker {
    /// Keeps the worker running until the queue is shut down, or the program or its runtime ends. The end of
    /// `main` does not wait for it: call [`shutdown`](Queue::shutdown) there.
    pub fn detach(mut self) {
        self.target = None;
    }

    /// Requests the worker to start no further event, and blocks until it has ended. Queued events stay
    /// in the queue: to run them first, use [`Queue::shutdown`].
    ///
    /// Called by a subscriber that the same queue runs, it returns at once, since it cannot wait for that
    /// subscriber.
    ///
    /// In async code use [`stop_async`](Self::stop_async): this blocks the thread, so a worker that is a task on
    /// it, and a subscriber that awaits its runtime, cannot proceed.
    ///
    /// # Panics
    ///
    /// When the worker is a task of a current-thread runtime of tokio, and this would block the thread that runs
    /// the tasks of such a runtime; see [`Queue::flush`]. The worker ends, but nothing waits for it.
    #[track_caller]
    pub fn stop(self) {
        let is_local_task = self.is_local_task;
        let is_refused = || is_local_task && is_driving_current_thread_runtime();
        if block_on(self.stop_async(), is_refused).is_none() {
            refuse("stop()", "stop_async()");
        }
    }

    /// [`stop`](Self::stop) without blocking.
    pub async fn stop_async(self) {
        if let Some((registry, in_flight)) = &self.target {
            in_flight.request_stop();
            let core = registry.core();
            let poll = |waiter: &mut Waiter, waker: &Waker| {
                if is_in_job_of(core.queue_id()) {
                    return Poll::Ready(());
                }
                core.drivers().poll_ended(Some(in_flight), waiter, waker)
            };
            wait(poll, |waiter| core.drivers().remove_waiter(waiter)).await;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some((_, in_flight)) = &self.target {
            in_flight.request_stop();
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}
