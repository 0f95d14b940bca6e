//! The workers of a queue, which run its jobs until it is shut down, and the jobs that no driver could
//! finish.

use std::{
    mem,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::Instant,
};

use super::{
    idle::IdleNotifier,
    in_flight::InFlight,
    job::{RunningJob, UnfinishedJob},
};
use crate::primitives::sync::lock;

/// The workers of a queue; each is identified by its suspended jobs.
pub(crate) struct Workers {
    state: Mutex<WorkersState>,
    /// Notified when a worker has ended.
    ended: Condvar,
    idle: IdleNotifier,
}

struct WorkersState {
    workers: Vec<Arc<InFlight<RunningJob>>>,
    /// Jobs that were started and will not be finished, until a shutdown returns them.
    unfinished: Vec<UnfinishedJob>,
    /// The wakers of tasks that wait for a worker to end.
    wakers: Vec<Waker>,
}

impl Workers {
    pub(crate) const fn new() -> Self {
        Self {
            state: Mutex::new(WorkersState {
                workers: Vec::new(),
                unfinished: Vec::new(),
                wakers: Vec::new(),
            }),
            ended: Condvar::new(),
            idle: IdleNotifier::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, WorkersState> {
        lock(&self.state)
    }

    pub(crate) fn add(&self, worker: Arc<InFlight<RunningJob>>) {
        self.state().workers.push(worker);
    }

    /// Removes a worker that has ended, and wakes all waiting threads and tasks.
    pub(crate) fn remove(&self, worker: &Arc<InFlight<RunningJob>>) {
        let (removed, wakers) = {
            let mut state = self.state();
            let is_it = |one: &mut Arc<_>| Arc::ptr_eq(one, worker);
            let removed: Vec<_> = state.workers.extract_if(.., is_it).collect();
            (removed, mem::take(&mut state.wakers))
        };
        drop(removed);
        self.ended.notify_all();
        wakers.into_iter().for_each(Waker::wake);
        self.idle.notify();
    }

    /// Where workers notify that they are idle.
    #[inline]
    pub(crate) fn idle(&self) -> &IdleNotifier {
        &self.idle
    }

    /// Whether no worker has a job in progress.
    pub(crate) fn is_idle(&self) -> bool {
        self.all().iter().all(|worker| worker.is_idle())
    }

    /// Stores jobs that will not be finished.
    pub(crate) fn add_unfinished(&self, jobs: impl IntoIterator<Item = UnfinishedJob>) {
        let jobs: Vec<_> = jobs.into_iter().collect();
        self.state().unfinished.extend(jobs);
    }

    pub(crate) fn all(&self) -> Vec<Arc<InFlight<RunningJob>>> {
        self.state().workers.clone()
    }

    /// Takes the stored jobs that will not be finished.
    pub(crate) fn take_unfinished(&self) -> Vec<UnfinishedJob> {
        mem::take(&mut self.state().unfinished)
    }

    /// Blocks until that worker has ended, or all if it is `None`, at most until the deadline. Returns
    /// whether it has ended.
    pub(crate) fn wait_ended(
        &self,
        worker: Option<&Arc<InFlight<RunningJob>>>,
        deadline: Option<Instant>,
    ) -> bool {
        let mut state = self.state();
        while state.has(worker) {
            state = match deadline {
                None => self
                    .ended
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let remaining = deadline.saturating_duration_since(Instant::now());
                    if remaining.is_zero() {
                        return false;
                    }
                    let woken = self.ended.wait_timeout(state, remaining);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        true
    }

    /// Ready when that worker has ended, or all if it is `None`.
    pub(crate) fn poll_ended(
        &self,
        worker: Option<&Arc<InFlight<RunningJob>>>,
        waker: &Waker,
    ) -> Poll<()> {
        let waker = waker.clone();
        let mut state = self.state();
        if !state.has(worker) {
            return Poll::Ready(());
        }
        state.wakers.push(waker);
        Poll::Pending
    }
}

impl WorkersState {
    /// Whether that worker, or any if it is `None`, has not ended.
    fn has(&self, worker: Option<&Arc<InFlight<RunningJob>>>) -> bool {
        match worker {
            None => !self.workers.is_empty(),
            Some(worker) => self.workers.iter().any(|one| Arc::ptr_eq(one, worker)),
        }
    }
}
