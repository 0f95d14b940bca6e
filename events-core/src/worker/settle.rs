//! Settling: waiting until a queue is empty, and no worker, flush or shutdown has an event in progress.

use std::{
    cell::Cell,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
    time::{Duration, Instant},
};

use super::{
    block_on::{NotReady, block_on_until},
    flush::Flush,
    queue_handle::Queue,
    tokio_thread::{is_driving_current_thread_runtime, log_deadline, refuse},
};
use crate::{context::is_in_job_of, primitives::Waiter, queue::QueueOwner};

impl Queue {
    /// Flushes, and then waits until no worker, flush or shutdown has an event of this queue in progress;
    /// events that are enqueued meanwhile run, too. Returns whether the queue is settled: `false` if `at_most`
    /// passes first, or if the flush leaves events in the queue, since each event enqueues another one, or since no
    /// further emit may be nested where this is called; see [`Flushed::left`](super::Flushed::left).
    ///
    /// It does not wait for what is [scheduled](Self::scheduled) and not due, nor for events whose subscribers are not called
    /// before a retry that is scheduled, as with a `concurrency` of 1. It does not wait for emits in progress on other threads,
    /// unless an event waits for one of them. While it waits for a worker, it leaves the events that
    /// are enqueued meanwhile to the workers, whose threads and runtimes their subscribers may need. So a subscriber
    /// that enqueues an event and waits for its effect needs a worker that is free, or has a higher `concurrency`.
    ///
    /// In async code use
    /// [`settle_async`](Self::settle_async): this blocks the thread, so a worker that is a task on it, and a
    /// subscriber that awaits its runtime, cannot proceed. Called by a subscriber that this queue runs, it
    /// returns `false` at once, since that subscriber is in progress.
    ///
    /// # Panics
    ///
    /// As [`flush`](Self::flush), when the flush has to wait and `at_most` is so long that there is no deadline,
    /// such as [`Duration::MAX`]. If there is one, it waits, and logs at `error` that the deadline has passed.
    ///
    /// ```
    /// use std::time::Duration;
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct Uploaded;
    ///
    /// let registry = Registry::new();
    /// registry.on(|_: &Uploaded| println!("resized")).detach();
    /// registry.queue().spawn_thread().detach();
    ///
    /// registry.enqueue(Uploaded).expect("the queue has room");
    /// assert!(registry.queue().settle(Duration::from_secs(10)));
    /// ```
    #[must_use]
    #[track_caller]
    pub fn settle(&self, at_most: Duration) -> bool {
        let has_no_deadline = Instant::now().checked_add(at_most).is_none();
        let is_refused = || has_no_deadline && is_driving_current_thread_runtime();
        let is_settled = self.settle_unless(at_most, is_refused);
        if is_settled.is_none() {
            refuse("settle(..)", "settle_async()");
        }
        is_settled.unwrap_or(false)
    }

    /// [`settle`](Self::settle), which returns `None` if it would have to wait for an async subscriber, or for a worker
    /// that is a task of this thread, and `is_refused` returns that it must not.
    pub(crate) fn settle_unless(
        &self,
        at_most: Duration,
        is_refused: impl Fn() -> bool,
    ) -> Option<bool> {
        let mut settle = self.settle_async();
        let deadline = Instant::now().checked_add(at_most);
        let is_flushing = Cell::new(false);
        let poll = |waker: &Waker| {
            let polled = settle.poll_with(waker);
            is_flushing.set(settle.flush.is_some());
            polled
        };
        let waits_for_tasks = || is_flushing.get() || self.0.core().drivers().has_local_task();
        match block_on_until(poll, deadline, || waits_for_tasks() && is_refused()) {
            Ok(is_settled) => return Some(is_settled),
            Err(NotReady::Refused) => return None,
            Err(NotReady::Deadline) if waits_for_tasks() && !at_most.is_zero() => {
                log_deadline("settle(..)", "settle_async()");
            }
            Err(NotReady::Deadline) => {}
        }
        Some(false)
    }

    /// [`settle`](Self::settle) without blocking and without a time limit; no runtime is needed.
    ///
    /// # Cancellation
    ///
    /// Dropping the future stops the flush, as that of [`flush_async`](Self::flush_async) does.
    pub fn settle_async(&self) -> Settle {
        Settle {
            queue: self.clone(),
            flush: Some(self.flush_async()),
            waiter: Waiter::new(),
        }
    }
}

/// A future that waits until a queue is settled; returned by [`Queue::settle_async`].
///
/// Its output is whether the queue is settled; see [`Queue::settle`]. It has no time limit of its own.
///
/// ```
/// use std::time::Duration;
/// use events_core::{Event, Registry};
///
/// #[derive(Event)]
/// struct Uploaded;
///
/// # tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap().block_on(async {
/// let registry = Registry::new();
/// registry.on(|_: &Uploaded| println!("resized")).detach();
/// registry.queue().spawn_tokio(1).detach();
/// registry.enqueue(Uploaded).expect("the queue has room");
///
/// let settle = registry.queue().settle_async();
/// assert_eq!(tokio::time::timeout(Duration::from_secs(10), settle).await, Ok(true));
/// # });
/// ```
#[must_use = "futures do nothing unless awaited"]
pub struct Settle {
    queue: Queue,
    flush: Option<Flush>,
    waiter: Waiter,
}

impl Settle {
    fn poll_with(&mut self, waker: &Waker) -> Poll<bool> {
        let registry = self.queue.0.clone();
        let core = registry.core();
        loop {
            if let Some(flush) = &mut self.flush {
                let flushed = ready!(flush.poll_with(waker));
                self.flush = None;
                if flushed.left() > 0 {
                    // The flush was cut off, or no further emit may be nested here; either is logged.
                    return Poll::Ready(false);
                }
            }
            if is_in_job_of(core.queue_id()) {
                return Poll::Ready(false);
            }
            core.drivers().idle().register(&mut self.waiter, waker);
            if core.queue().is_settled(|| core.is_queue_idle()) {
                return Poll::Ready(true);
            }
            if self.queue.is_empty() {
                return Poll::Pending;
            }
            self.flush = Some(self.queue.flush_async());
        }
    }
}

impl Future for Settle {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        self.get_mut().poll_with(context.waker())
    }
}

impl Drop for Settle {
    fn drop(&mut self) {
        let drivers = self.queue.0.core().drivers();
        drivers.idle().remove(&mut self.waiter);
    }
}

impl fmt::Debug for Settle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settle")
            .field("queue", &self.queue)
            .finish_non_exhaustive()
    }
}
