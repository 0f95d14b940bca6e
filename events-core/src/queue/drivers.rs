//! The drivers of a queue that are in progress, and the jobs that no driver could finish.
//!
//! A driver is added before it pops its first job, and removed when it has ended. So a shutdown that finds
//! no driver and an empty queue finds no job in progress.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Poll, Waker},
};

use super::{
    idle::IdleNotifier,
    in_flight::InFlight,
    job::{RunningJob, UnfinishedJob},
};
use crate::primitives::{Waiter, WakerList, drop_catching, sync::lock, wake_each};

/// The drivers of a queue; each is identified by its suspended jobs.
pub(crate) struct Drivers {
    state: Mutex<DriversState>,
    idle: IdleNotifier,
    /// The number of workers that are tasks of current-thread runtimes.
    local_tasks: AtomicUsize,
}

struct DriversState {
    drivers: Vec<Arc<InFlight<RunningJob>>>,
    /// Jobs that were started and will not be finished, until a shutdown returns them.
    unfinished: Vec<UnfinishedJob>,
    /// The wakers of tasks that wait for a driver to end.
    wakers: WakerList,
}

impl Drivers {
    pub(crate) const fn new() -> Self {
        Self {
            state: Mutex::new(DriversState {
                drivers: Vec::new(),
                unfinished: Vec::new(),
                wakers: WakerList::new(),
            }),
            idle: IdleNotifier::new(),
            local_tasks: AtomicUsize::new(0),
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
            let is_it = |one: &Arc<_>| Arc::ptr_eq(one, driver);
            let index = state.drivers.iter().position(is_it);
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

    /// Wakes all waiting tasks: a shutdown has stopped the drivers, which may be over by that.
    pub(crate) fn notify_stopped(&self) {
        let wakers = self.state().wakers.take_all();
        wake_each(wakers);
    }

    /// Whether no driver has a job in progress.
    pub(crate) fn is_idle(&self) -> bool {
        self.all().iter().all(|driver| driver.is_idle())
    }

    pub(crate) fn all(&self) -> Vec<Arc<InFlight<RunningJob>>> {
        self.state().drivers.clone()
    }

    /// Stores jobs that will not be finished.
    pub(crate) fn add_unfinished(&self, jobs: impl IntoIterator<Item = UnfinishedJob>) {
        let jobs: Vec<_> = jobs.into_iter().collect();
        self.state().unfinished.extend(jobs);
    }

    /// Takes the stored jobs that will not be finished.
    pub(crate) fn take_unfinished(&self) -> Vec<UnfinishedJob> {
        mem::take(&mut self.state().unfinished)
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

impl DriversState {
    /// Whether that driver, or any if it is `None`, has not ended.
    fn has(&self, driver: Option<&Arc<InFlight<RunningJob>>>) -> bool {
        let is_it = |one: &Arc<_>| driver.is_none_or(|driver| Arc::ptr_eq(one, driver));
        let mut drivers = self.drivers.iter();
        drivers.any(|one| is_it(one) && !one.is_over())
    }
}
