//! Workers: they run what waits in a queue as it comes.

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    thread,
};

use super::{
    block_on::block_on_until,
    driver::{Driver, Until},
    queue_handle::Queue,
};
use crate::{
    queue::{InFlight, RunningJob},
    registry::Registry,
};

impl Queue {
    /// A worker on a thread of its own, which runs one event after the other, so that events keep
    /// their order.
    ///
    /// Its async subscribers run on that thread, with no runtime around them; those that need one go
    /// to a worker that is polled there: `spawn_tokio`, or [`work`](Self::work).
    ///
    /// # Panics
    ///
    /// As [`std::thread::spawn`] does, when the system gives no thread.
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
    pub fn spawn_thread(&self) -> Worker {
        self.spawn_thread_with(1)
    }

    /// [`spawn_thread`](Self::spawn_thread), with so many events under way at once: while the async
    /// subscribers of some wait, others begin. They begin in order, and end as they end.
    ///
    /// # Panics
    ///
    /// As `spawn_thread`.
    pub fn spawn_thread_with(&self, concurrency: usize) -> Worker {
        let mut work = self.work(concurrency);
        let worker = work.worker();
        let named = thread::Builder::new().name("events-queue".to_owned());
        let spawned = named.spawn(move || {
            block_on_until(
                |waker| Pin::new(&mut work).poll(&mut Context::from_waker(waker)),
                None,
            );
        });
        match spawned {
            Ok(_joined_by_its_end) => worker,
            Err(error) => panic!("no thread for a worker of the queue: {error}"),
        }
    }

    /// A worker as a task of the tokio runtime that this is called in, with so many events under way
    /// at once. They begin in order, and end as they end.
    ///
    /// All of it is one task: subscribers that compute for long keep each other waiting, unless
    /// there are several workers.
    ///
    /// When the runtime is shut down under it, what was under way is kept for
    /// [`shutdown`](Self::shutdown) to hand back, and that is logged.
    ///
    /// # Panics
    ///
    /// As `tokio::spawn` does, when there is no runtime.
    #[cfg(feature = "tokio")]
    pub fn spawn_tokio(&self, concurrency: usize) -> Worker {
        let work = self.work(concurrency);
        let worker = work.worker();
        tokio::spawn(work);
        worker
    }

    /// A worker as a future, for any runtime: it runs what waits whenever it is polled, with so many
    /// events under way at once, and is ready when the queue was shut down and is drained.
    ///
    /// Dropping it ends the worker. What is under way then is kept for
    /// [`shutdown`](Self::shutdown) to hand back, and that is logged.
    pub fn work(&self, concurrency: usize) -> Work {
        let drive = Driver::new(self.0.clone(), concurrency, Until::Drained);
        let core = self.0.core();
        core.queue().attach();
        core.workers().join(Arc::clone(drive.in_flight()));
        Work { drive: Some(drive) }
    }
}

/// A worker as a future; made by [`Queue::work`].
#[must_use = "futures do nothing unless awaited"]
pub struct Work {
    /// Until it has ended.
    drive: Option<Driver>,
}

impl Work {
    fn worker(&self) -> Worker {
        let drive = self.drive.as_ref();
        Worker {
            told: drive.map(|drive| (drive.registry().clone(), Arc::clone(drive.in_flight()))),
        }
    }

    fn end(&mut self) {
        let Some(drive) = self.drive.take() else {
            return;
        };
        let (registry, in_flight) = (drive.registry().clone(), Arc::clone(drive.in_flight()));
        // First what is left is kept, then others hear that it has ended.
        drop(drive);
        registry.core().queue().detach();
        registry.core().workers().leave(&in_flight);
    }
}

impl Future for Work {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let end_poll = match &mut self.drive {
            Some(drive) => drive.poll(context.waker()),
            None => Poll::Ready(()),
        };
        if end_poll.is_ready() {
            self.end();
        }
        end_poll
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

/// A worker of a queue; made by [`Queue::spawn_thread`] and `spawn_tokio`.
///
/// Dropping it tells the worker to end: it begins no other event, and finishes those that are under
/// way. What waits stays in the queue. [`detach`](Self::detach) leaves it to itself until the queue
/// is shut down.
#[must_use = "dropping a Worker ends it; `.detach()` leaves it to itself"]
pub struct Worker {
    /// Whose worker it is, until it is detached.
    told: Option<(Registry, Arc<InFlight<RunningJob>>)>,
}

impl Worker {
    /// Leaves the worker to itself, until the queue is shut down.
    pub fn detach(mut self) {
        self.told = None;
    }

    /// Tells the worker to begin no other event, and blocks until it has ended. What waits stays in
    /// the queue: to have it run first, use [`Queue::shutdown`].
    ///
    /// Not for something that the same worker runs: that would wait for itself.
    pub fn stop(self) {
        if let Some((registry, in_flight)) = &self.told {
            in_flight.leave();
            registry.core().workers().wait(Some(in_flight), None);
        }
    }

    /// [`stop`](Self::stop) without blocking.
    pub async fn stop_async(self) {
        if let Some((registry, in_flight)) = &self.told {
            in_flight.leave();
            let workers = registry.core().workers();
            poll_fn(|context| workers.poll(Some(in_flight), context.waker())).await;
        }
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        if let Some((_, in_flight)) = &self.told {
            in_flight.leave();
        }
    }
}

impl fmt::Debug for Worker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker").finish_non_exhaustive()
    }
}
