//! The time of a registry as a test moves it on: it stands still, and passes only when the test requests it.
//!
//! Time passes from one due time to the next: at each, the jobs that are due are moved into the queue, the tasks that have
//! slept until then are woken, and everything runs that can. Handlers that sleep stay suspended: so the driver that runs
//! them here lives as long as this, and is polled when time passes.

use std::{
    cell::Cell,
    fmt,
    future::Future,
    pin::Pin,
    task::{Context, Poll, Waker},
    time::{Duration, Instant, SystemTime},
};

use super::{
    block_on::{NotReady, block_on_until},
    spawn::Work,
};
use crate::{
    context::is_in_job_of,
    queue::QueueOwner,
    registry::{Core, Registry},
    time::Sleep,
};

/// How many events its driver has in progress at once.
const CONCURRENCY: usize = 1024;

/// After which time it checks again whether all drivers are stalled: a driver does not notify when it is.
const CHECK_AGAIN: Duration = Duration::from_millis(1);

/// The time of a registry, which stands still from the creation of this on.
#[doc(hidden)]
pub struct TestTime {
    registry: Registry,
    /// The worker that runs what is due. It is kept between two calls only if it has an event in progress: a shutdown
    /// waits for it.
    work: Option<Work>,
    check_again: Option<Sleep>,
}

impl TestTime {
    /// Stops the clock of a registry.
    #[must_use]
    pub fn stop(registry: &Registry) -> Self {
        registry.core().clock().stop();
        Self {
            work: None,
            registry: registry.clone(),
            check_again: None,
        }
    }

    /// From now on time passes by itself again.
    pub fn resume(self) {
        let core = self.core();
        core.clock().resume();
        // A worker that has found the clock stopped does not sleep: it waits for the queue alone.
        core.queue().wake_all();
    }

    /// The current time.
    #[must_use]
    pub fn now(&self) -> Instant {
        self.core().clock().now()
    }

    /// The time that is so far in the future.
    #[must_use]
    pub fn after(&self, duration: Duration) -> Instant {
        self.core().clock().after(duration)
    }

    /// Moves time on at once, and runs nothing. What is due then runs in the next flush.
    pub fn jump(&self, by: Duration) {
        let clock = self.core().clock();
        clock.move_to(clock.after(by));
    }

    /// Sets the clock of the system as the registry reads it.
    pub fn set_system(&self, time: SystemTime) {
        self.core().clock().set_system(time);
    }

    fn core(&self) -> &Core {
        self.registry.core()
    }

    /// Moves time on until then, and runs what is due, without blocking. Ready with `false` if something was left in the
    /// queue, or if it is polled by a handler that this queue runs.
    pub fn poll_until(&mut self, target: Instant, waker: &Waker) -> Poll<bool> {
        let polled = self.poll_work_until(target, waker);
        if polled.is_ready() && !self.has_suspended() {
            self.work = None;
        }
        polled
    }

    fn has_suspended(&self) -> bool {
        self.work.as_ref().is_some_and(Work::has_suspended)
    }

    fn poll_work_until(&mut self, target: Instant, waker: &Waker) -> Poll<bool> {
        if is_in_job_of(self.core().queue_id()) {
            return Poll::Ready(false);
        }
        self.core().clock().stop();
        loop {
            let work = self
                .work
                .get_or_insert_with(|| self.registry.queue().work(CONCURRENCY));
            let is_ended = Pin::new(work)
                .poll(&mut Context::from_waker(waker))
                .is_ready();
            if is_ended {
                // In a queue that is draining, which may still have scheduled events.
                self.work = None;
            }
            let core = self.core();
            let is_idle = core.queue().is_settled(|| core.is_queue_idle());
            let may_pass = is_idle || is_ended || self.is_asleep();
            if !may_pass {
                return self.check_again(waker);
            }
            if !self.pass(target) {
                return Poll::Ready(true);
            }
        }
    }

    /// Whether all events in progress are suspended, and at least one of them sleeps.
    fn is_asleep(&self) -> bool {
        let core = self.core();
        let is_stalled = || core.drivers().is_stalled();
        core.queue().is_settled(is_stalled) && core.clock().next_sleeper().is_some()
    }

    /// Moves time on to the next time at which something is due, or to the target. False if that is reached already.
    fn pass(&self, target: Instant) -> bool {
        let core = self.core();
        let clock = core.clock();
        let now = clock.now();
        let next = [core.queue().next_due(), clock.next_sleeper()];
        let next = next.into_iter().flatten().min();
        let is_due = next.is_some_and(|next| next <= target);
        if now >= target && !is_due {
            return false;
        }
        clock.move_to(next.map_or(target, |next| next.min(target)));
        core.queue().move_due();
        true
    }

    fn check_again(&mut self, waker: &Waker) -> Poll<bool> {
        let sleep = self.check_again.insert(Sleep::in_real_time(CHECK_AGAIN));
        if sleep.poll(waker).is_ready() {
            waker.wake_by_ref();
        }
        Poll::Pending
    }

    /// [`poll_until`](Self::poll_until), which blocks the thread, but not longer than `at_most`, after which it returns
    /// `false`. `None` if it would have to block the thread for an async subscriber, or for a worker that is a task of
    /// this thread, and `is_refused` returns that it must not.
    pub fn block_until(
        &mut self,
        target: Instant,
        at_most: Duration,
        is_refused: impl Fn() -> bool,
    ) -> Option<bool> {
        let deadline = Instant::now().checked_add(at_most);
        let registry = self.registry.clone();
        let waits_for_tasks = Cell::new(false);
        let poll = |waker: &Waker| {
            let polled = self.poll_until(target, waker);
            let has_local_task = registry.core().drivers().has_local_task();
            waits_for_tasks.set(has_local_task || self.has_suspended());
            polled
        };
        match block_on_until(poll, deadline, || waits_for_tasks.get() && is_refused()) {
            Ok(is_settled) => Some(is_settled),
            Err(NotReady::Refused) => None,
            Err(NotReady::Deadline) => Some(false),
        }
    }
}

impl fmt::Debug for TestTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TestTime").finish_non_exhaustive()
    }
}
