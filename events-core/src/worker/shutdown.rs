//! Shutting a queue down: it accepts no new events, the queued ones run until a deadline, and the
//! unfinished ones are returned. Also taking events out of a queue that stays open.

use std::{
    cell::Cell,
    fmt,
    future::Future,
    iter,
    pin::Pin,
    task::{Context, Poll, Waker, ready},
    time::{Duration, Instant},
};

use super::{
    block_on::{NotReady, block_on_until},
    driver::{Driver, Until},
    queue_handle::Queue,
    tokio_thread::{is_driving_current_thread_runtime, log_deadline, refuse},
    unfinished::{Unfinished, UnfinishedEvent},
};
use crate::{
    context::{enter_job, is_in_job_of},
    primitives::{Waiter, catch_record},
    queue::{PoppedJob, QueueOwner, RunningJob},
    registry::{Core, enter_for_handlers},
};

/// How many events are in progress at once when a shutdown runs them itself, without workers: several, so
/// that an event whose subscribers never end does not block the others.
const CONCURRENCY: usize = 64;

impl Queue {
    /// Accepts no new events, runs the queued ones until the deadline, `at_most` from now, and returns
    /// those that are unfinished then.
    ///
    /// From now on `enqueue` returns its event in an error, except in subscribers that this queue runs:
    /// their events run as well. The workers and the flushes in progress run the queued events; without any this
    /// thread runs them. A flush ends when the queue is empty, a worker when, besides, no other one has an event in
    /// progress, whose subscribers could enqueue more. This adds no worker: a subscriber that enqueues an event and
    /// waits for its effect needs a worker that is free, or has a higher `concurrency`, as before the shutdown. At the
    /// deadline no further event is started. Queued events are returned, and so are those with pending async subscribers,
    /// which are dropped. A sync subscriber that does not return keeps its event and its thread; it is counted.
    ///
    /// [Scheduled](Self::scheduled) events that are due run as queued ones; those that become due meanwhile, too. The
    /// shutdown does not wait for the others, and returns them with the time at which each was [due](UnfinishedEvent::due).
    ///
    /// The queue stays shut down. A second shutdown returns events that the first could not take.
    /// Called by a subscriber that this queue runs, it begins the shutdown and returns at once, since
    /// it cannot wait for that subscriber. Called by a handler in which no further emit may be nested (see
    /// [`Registry::set_depth_limit`](crate::Registry::set_depth_limit)), it starts no event itself, and
    /// returns the queued ones.
    ///
    /// In async code use [`shutdown_async`](Self::shutdown_async), which takes a future as its deadline: this
    /// blocks the thread, so a worker that is a task on it, and a subscriber that awaits its runtime, cannot proceed.
    ///
    /// # Panics
    ///
    /// As [`flush`](Self::flush), when this thread runs the events, has to wait, and `at_most` is so long that there
    /// is no deadline, such as [`Duration::MAX`]. If there is one, it waits, and logs at `error` that
    /// the deadline has passed.
    #[track_caller]
    pub fn shutdown(&self, at_most: Duration) -> Unfinished {
        let core = self.0.core();
        core.queue().drain();
        if is_in_job_of(core.queue_id()) {
            return Unfinished::default();
        }
        let deadline = Instant::now().checked_add(at_most);
        let mut draining = Draining::new(self);
        if !at_most.is_zero() {
            let is_running = Cell::new(false);
            let poll = |waker: &Waker| {
                let polled = draining.poll(waker);
                is_running.set(draining.has_suspended());
                polled
            };
            let waits_for_tasks = || is_running.get() || core.drivers().has_local_task();
            let is_refused =
                || deadline.is_none() && waits_for_tasks() && is_driving_current_thread_runtime();
            match block_on_until(poll, deadline, is_refused) {
                Err(NotReady::Refused) => {
                    if let Some(mut driver) = draining.driver.take() {
                        driver.set_refused("shutdown(..)");
                    }
                    refuse("shutdown(..)", "shutdown_async(..)");
                }
                Err(NotReady::Deadline) if waits_for_tasks() => {
                    log_deadline("shutdown(..)", "shutdown_async(..)");
                }
                Ok(()) | Err(NotReady::Deadline) => {}
            }
        }
        draining.end()
    }

    /// [`shutdown`](Self::shutdown) without blocking. The deadline is a future, not a duration; it has passed
    /// when the future is ready: `queue.shutdown_async(tokio::time::sleep(Duration::from_secs(5))).await`.
    ///
    /// # Cancellation
    ///
    /// If the shutdown is dropped early, the queue accepts no new events, and no event is lost: a second shutdown returns
    /// them.
    pub fn shutdown_async<D: Future>(&self, deadline: D) -> Shutdown<D> {
        Shutdown {
            draining: Draining::new(self),
            deadline,
            done: false,
        }
    }

    #[doc = include_str!("../../docs/queue/take.md")]
    #[must_use = "it is the queued events, which are lost when it is dropped"]
    pub fn take(&self) -> Vec<UnfinishedEvent> {
        self.take_by(|core| {
            let queued = core.queue().len();
            let mut events = take_parked(core, false);
            events.extend(take_queued(core, queued));
            events
        })
    }

    #[doc = include_str!("../../docs/queue/take_scheduled.md")]
    #[must_use = "it is the scheduled events, which are lost when it is dropped"]
    pub fn take_scheduled(&self) -> Vec<UnfinishedEvent> {
        self.take_by(|core| {
            let scheduled = core.queue().take_scheduled(false);
            scheduled.map(UnfinishedEvent::new).collect()
        })
    }

    /// Takes events, whose handlers are dropped as in a worker. Then tasks that wait for the events check again.
    fn take_by(&self, take: impl FnOnce(&Core) -> Vec<UnfinishedEvent>) -> Vec<UnfinishedEvent> {
        let core = self.0.core();
        let events = {
            let _current = enter_for_handlers(&self.0);
            let _sink = core.pass_failures();
            core.queue().move_due();
            // Destructors run inside the queue, as handlers do.
            let _job = enter_job(core.queue_id(), None);
            take(core)
        };
        core.queue().wake_if_draining();
        core.drivers().idle().notify();
        events
    }

    /// Closes the queue, and takes the unfinished events from it and from its drivers.
    fn take_unfinished(&self) -> Unfinished {
        let core = self.0.core();
        core.queue().close();
        let mut unfinished = Unfinished::default();
        let mut scheduled = Vec::new();
        let drivers = {
            // Destructors that run here emit to the registry of the queue, as handlers in a worker do. Not around the
            // wakers, which may poll tasks: those are inside no event of the queue, and not inside its registry.
            let _current = enter_for_handlers(&self.0);
            let _sink = core.pass_failures();
            let _job = enter_job(core.queue_id(), None);
            // First, so that no driver starts an event for which a permit is released below.
            let drivers = core.drivers().all();
            let stop = |driver| core.drivers().stop(driver, RunningJob::stop);
            drivers.iter().for_each(stop);
            // Before the queue is emptied: from here on no job is moved into it.
            scheduled.extend(core.queue().take_scheduled(true).map(UnfinishedEvent::new));
            unfinished.events.extend(take_parked(core, true));
            unfinished.events.extend(take_queued(core, usize::MAX));
            drivers
        };
        let (started, running) = core.drivers().take_unfinished();
        unfinished.running = running;
        let started = started.into_iter().map(UnfinishedEvent::new);
        unfinished.events.splice(0..0, started);
        unfinished.events.extend(scheduled);
        core.drivers().wake_stopped(&drivers);
        if !unfinished.is_empty() {
            catch_record(|| tracing::warn!(target: "events_core", "{unfinished}"));
        }
        unfinished
    }
}

/// Takes the events that were started and wait until their handlers may be called; with `closes`, none is put back.
fn take_parked(core: &Core, closes: bool) -> Vec<UnfinishedEvent> {
    let parked = core.queue().take_parked(closes);
    parked.map(UnfinishedEvent::new).collect()
}

/// Takes the queued events out of the queue, at most that many.
fn take_queued(core: &Core, at_most: usize) -> Vec<UnfinishedEvent> {
    let pop = || core.queue().pop().map(PoppedJob::take_unfinished);
    iter::from_fn(pop)
        .take(at_most)
        .flatten() // the item of a parked job may be empty
        .map(UnfinishedEvent::new)
        .collect()
}

pin_project_lite::pin_project! {
    /// A shutdown as a future; returned by [`Queue::shutdown_async`].
    ///
    #[doc = include_str!("../../docs/queue/shutdown.md")]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Shutdown<D> {
        draining: Draining,
        #[pin]
        deadline: D,
        done: bool,
    }
}

impl<D: Future> Future for Shutdown<D> {
    type Output = Unfinished;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Unfinished> {
        let this = self.project();
        let draining = this.draining;
        let core = draining.queue.0.core();
        core.queue().drain();
        if is_in_job_of(core.queue_id()) {
            ready!(draining.poll_started(context.waker()));
            return Poll::Ready(Unfinished::default());
        }
        if !*this.done {
            *this.done =
                this.deadline.poll(context).is_ready() || draining.poll(context.waker()).is_ready();
        }
        if *this.done {
            Poll::Ready(draining.end())
        } else {
            Poll::Pending
        }
    }
}

/// Runs the queued events of a queue that is shut down, or waits for the drivers that run them.
struct Draining {
    queue: Queue,
    /// Its own driver, when there were no others.
    driver: Option<Driver>,
    waiter: Waiter,
}

impl Draining {
    fn new(queue: &Queue) -> Self {
        Self {
            queue: queue.clone(),
            driver: None,
            waiter: Waiter::new(),
        }
    }

    /// Ready when all drivers have ended and the queue is empty, or when its own driver starts no event since
    /// too many emits are nested.
    fn poll(&mut self, waker: &Waker) -> Poll<()> {
        let core = self.queue.0.core();
        loop {
            if let Some(driver) = &mut self.driver {
                ready!(driver.poll(waker));
                let is_too_deep = driver.is_too_deep();
                self.driver = None;
                if is_too_deep {
                    return Poll::Ready(());
                }
            }
            ready!(core.drivers().poll_ended(None, &mut self.waiter, waker));
            core.queue().move_due();
            let is_over = || core.drivers().is_empty() && core.queue().resumes_none();
            if core.queue().is_settled(is_over) {
                return Poll::Ready(());
            }
            let new = Driver::new(self.queue.0.clone(), CONCURRENCY, Until::ShutDown);
            self.driver = Some(new);
        }
    }

    /// Takes the unfinished events, including those that its own driver has started. The driver is dropped afterwards:
    /// it would log them as events that no shutdown has returned.
    fn end(&mut self) -> Unfinished {
        let driver = self.driver.take();
        if let Some(driver) = &driver {
            driver.in_flight().discard_waker();
        }
        self.queue.take_unfinished()
    }

    /// Whether its own driver has an event in progress. Otherwise it waits for others, or has just been woken.
    fn has_suspended(&self) -> bool {
        self.driver.as_ref().is_some_and(Driver::has_suspended)
    }

    /// Ready when the events that its own driver has started have ended; it starts no further one.
    fn poll_started(&mut self, waker: &Waker) -> Poll<()> {
        if let Some(driver) = &mut self.driver {
            ready!(driver.poll_started(waker));
            self.driver = None;
        }
        Poll::Ready(())
    }
}

impl Drop for Draining {
    fn drop(&mut self) {
        self.queue
            .0
            .core()
            .drivers()
            .remove_waiter(&mut self.waiter);
    }
}

impl<D> fmt::Debug for Shutdown<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shutdown")
            .field("queue", &self.draining.queue)
            .finish_non_exhaustive()
    }
}
