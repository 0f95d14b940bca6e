//! The drivers of a queue that are in progress, and the jobs that no driver could finish.
//!
//! Invariant: at each moment an accepted event is exactly one of these:
//! - in the queue;
//! - in the slot of a suspended job, or polled, of a driver in the list: see `in_flight`;
//! - being stored as unfinished, while `storing` has its driver: the destructors of its handlers are running;
//! - in the list of unfinished jobs;
//! - over: it has run to its end, or a shutdown has taken it from the queue or that list, to return it.
//!
//! Each step from one to the next is taken under a lock, and a thread that checks whether something is in progress
//! holds that lock: the one of the queue's consumer side while a job is popped, that of the slots while a job is
//! suspended or resumed, and the lock here for all others. A driver is added before it pops its first job, and removed
//! when it has no more. So when no driver is in progress, nothing is being stored, and the queue is empty, all
//! events are over or in the list of unfinished jobs.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Poll, Waker},
    time::Instant,
};

use super::{
    bounded::QueueSpan,
    idle::IdleNotifier,
    in_flight::InFlight,
    job::{RunningJob, UnfinishedJob},
    statistics::{QueueStats, Statistics},
};
use crate::primitives::{Waiter, WakerList, drop_catching, sync::lock, wake_each};

/// The drivers of a queue; each is identified by its suspended jobs.
///
/// A driver has ended when it is removed, or when a shutdown has stopped it and it runs nothing any more, and none of its
/// jobs is being stored.
pub(crate) struct Drivers {
    state: Mutex<DriversState>,
    idle: IdleNotifier,
    /// The number of workers that are tasks of current-thread runtimes.
    local_tasks: AtomicUsize,
    statistics: Statistics,
}

struct DriversState {
    drivers: Vec<Arc<InFlight<RunningJob>>>,
    /// Jobs that were started and will not be finished, until a shutdown returns them.
    unfinished: Vec<UnfinishedJob>,
    /// The drivers whose suspended jobs a thread has taken and not yet stored as unfinished; once for each thread.
    storing: Vec<Arc<InFlight<RunningJob>>>,
    /// The wakers of tasks that wait for a driver to end.
    wakers: WakerList,
}

impl Drivers {
    pub(crate) const fn new() -> Self {
        Self {
            state: Mutex::new(DriversState {
                drivers: Vec::new(),
                unfinished: Vec::new(),
                storing: Vec::new(),
                wakers: WakerList::new(),
            }),
            idle: IdleNotifier::new(),
            local_tasks: AtomicUsize::new(0),
            statistics: Statistics::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, DriversState> {
        lock(&self.state)
    }

    pub(crate) fn add(&self, driver: Arc<InFlight<RunningJob>>) {
        self.state().drivers.push(driver);
    }

    /// Removes a driver that has ended, and wakes all waiting tasks.
    pub(crate) fn remove(&self, driver: &Arc<InFlight<RunningJob>>) {
        let (removed, wakers) = {
            let mut state = self.state();
            let index = position(&state.drivers, driver);
            let removed = index.map(|index| state.drivers.swap_remove(index));
            (removed, state.wakers.take_all())
        };
        drop(removed);
        wake_each(wakers);
        self.idle.notify();
    }

    /// Where drivers notify that they are idle.
    #[inline]
    pub(crate) fn idle(&self) -> &IdleNotifier {
        &self.idle
    }

    /// Adds a worker that is a task of a current-thread runtime.
    #[cfg(feature = "tokio")]
    pub(crate) fn add_local_task(&self) {
        self.local_tasks.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn remove_local_task(&self) {
        self.local_tasks.fetch_sub(1, Ordering::Relaxed);
    }

    /// Whether a worker is a task of a current-thread runtime.
    pub(crate) fn has_local_task(&self) -> bool {
        self.local_tasks.load(Ordering::Relaxed) > 0
    }

    /// Whether no driver is in progress.
    pub(crate) fn is_empty(&self) -> bool {
        !self.state().has(None)
    }

    /// Whether no driver has a job in progress.
    pub(crate) fn is_idle(&self) -> bool {
        let state = self.state();
        state.storing.is_empty() && state.drivers.iter().all(|driver| driver.is_idle())
    }

    /// Adds what a driver has run since it last did this: its events and failures.
    pub(crate) fn publish(&self, published: &mut (usize, usize), counts: (usize, usize)) {
        let (events, failures) = mem::replace(published, counts);
        self.statistics.add(counts.0 - events, counts.1 - failures);
    }

    /// The counts of the queue at that time, whose items have that span.
    pub(crate) fn stats(&self, now: Instant, span: impl FnOnce() -> QueueSpan) -> QueueStats {
        let under_way = {
            let state = self.state();
            let drivers = state.drivers.iter();
            drivers.map(|driver| driver.under_way()).sum()
        };
        self.statistics.read(under_way, now, span)
    }

    /// Whether no driver is polling a job, or is to poll one that was woken.
    pub(crate) fn is_stalled(&self) -> bool {
        let state = self.state();
        state.storing.is_empty() && state.drivers.iter().all(|driver| driver.is_stalled())
    }

    /// Wakes the tasks of all drivers.
    pub(crate) fn wake_all(&self) {
        self.all().iter().for_each(|driver| driver.wake_driver());
    }

    /// The drivers in progress, including those that have been stopped.
    pub(crate) fn all(&self) -> Vec<Arc<InFlight<RunningJob>>> {
        self.state().drivers.clone()
    }

    /// Stops a driver, and stores its suspended jobs as unfinished; `stop_job` drops the handlers of one. No task is
    /// woken: the caller removes the driver, or [wakes](Self::wake_stopped) it.
    pub(crate) fn stop(
        &self,
        driver: &Arc<InFlight<RunningJob>>,
        stop_job: impl Fn(RunningJob) -> Option<UnfinishedJob>,
    ) {
        let suspended = {
            let mut state = self.state();
            let suspended = driver.stop();
            if suspended.is_empty() {
                return;
            }
            state.storing.push(Arc::clone(driver));
            suspended
        };
        let mut storing = Storing {
            drivers: self,
            driver,
            jobs: Vec::new(),
        };
        storing
            .jobs
            .extend(suspended.into_iter().filter_map(stop_job));
    }

    /// Stores the job that a driver has polled and could not put back; `None` if its event is gone.
    pub(crate) fn end_unfinished(&self, driver: &InFlight<RunningJob>, job: Option<UnfinishedJob>) {
        let mut state = self.state();
        state.unfinished.extend(job);
        driver.end_poll();
    }

    /// Wakes drivers that a shutdown has stopped, and all waiting tasks: the drivers may be over by that.
    pub(crate) fn wake_stopped(&self, drivers: &[Arc<InFlight<RunningJob>>]) {
        drivers.iter().for_each(|driver| driver.wake_driver());
        let wakers = self.state().wakers.take_all();
        wake_each(wakers);
        self.idle.notify();
    }

    /// Takes the stored jobs that will not be finished. Also returns how many drivers have a job that is not stored.
    pub(crate) fn take_unfinished(&self) -> (Vec<UnfinishedJob>, usize) {
        let mut state = self.state();
        let polling = state.drivers.iter().filter(|driver| driver.is_polling());
        let running = polling.count() + state.storing.len();
        (mem::take(&mut state.unfinished), running)
    }

    /// Ready when that driver has ended, or all if it is `None`. A task that stops waiting before must be
    /// [removed](Self::remove_waiter).
    pub(crate) fn poll_ended(
        &self,
        driver: Option<&Arc<InFlight<RunningJob>>>,
        waiter: &mut Waiter,
        waker: &Waker,
    ) -> Poll<()> {
        let waker = waker.clone();
        let (polled, unused) = {
            let mut state = self.state();
            if state.has(driver) {
                (Poll::Pending, state.wakers.add(waiter, waker))
            } else {
                (Poll::Ready(()), Some(waker))
            }
        };
        drop_catching(unused);
        polled
    }

    /// Removes a task that does not wait any more for drivers to end.
    pub(crate) fn remove_waiter(&self, waiter: &mut Waiter) {
        let waker = self.state().wakers.remove(waiter);
        drop_catching(waker);
    }
}

fn position(
    drivers: &[Arc<InFlight<RunningJob>>],
    driver: &Arc<InFlight<RunningJob>>,
) -> Option<usize> {
    drivers.iter().position(|other| Arc::ptr_eq(other, driver))
}

impl DriversState {
    /// Whether that driver, or any if it is `None`, has not ended.
    fn has(&self, driver: Option<&Arc<InFlight<RunningJob>>>) -> bool {
        let is_it = |one: &&Arc<_>| driver.is_none_or(|driver| Arc::ptr_eq(one, driver));
        let mut drivers = self.drivers.iter().filter(is_it);
        drivers.any(|one| !one.is_over()) || self.storing.iter().any(|one| is_it(&one))
    }
}

/// A thread that has taken the suspended jobs of a driver. When this is dropped, they are stored as unfinished.
struct Storing<'d> {
    drivers: &'d Drivers,
    driver: &'d Arc<InFlight<RunningJob>>,
    jobs: Vec<UnfinishedJob>,
}

impl Drop for Storing<'_> {
    fn drop(&mut self) {
        let mut state = self.drivers.state();
        state.unfinished.append(&mut self.jobs);
        if let Some(index) = position(&state.storing, self.driver) {
            state.storing.swap_remove(index);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_driver_is_not_stalled_between_two_of_its_woken_jobs() {
        let in_flight = InFlight::<()>::new();
        let slots = [(); 2].map(|()| in_flight.reserve_slot());
        for slot in &slots {
            assert!(in_flight.put_back(slot, ()).is_ok());
        }
        assert!(in_flight.is_stalled());
        slots.iter().for_each(|slot| slot.waker().wake_by_ref());
        assert!(!in_flight.is_stalled());
        assert_eq!(in_flight.take_woken(Waker::noop()).len(), 2);
        for slot in &slots {
            assert!(!in_flight.is_stalled(), "one is to be polled");
            in_flight.take(slot).expect("it is suspended");
            assert!(in_flight.put_back(slot, ()).is_ok());
        }
        in_flight.end_resume();
        assert!(in_flight.is_stalled());
        assert_eq!(in_flight.take_woken(Waker::noop()).len(), 0);
        assert!(in_flight.is_stalled());
    }
}
