//! Who empties a queue for good: its workers; and what they could not finish.

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

/// The workers of a queue.
pub(crate) struct Workers {
    state: Mutex<Members>,
    changed: Condvar,
    idle: IdleNotifier,
}

struct Members {
    workers: Vec<Arc<InFlight<RunningJob>>>,
    /// Events that were begun and not finished.
    left: Vec<UnfinishedJob>,
    /// Who waits for the workers to end.
    waiting: Vec<Waker>,
}

impl Workers {
    pub(crate) const fn new() -> Self {
        Self {
            state: Mutex::new(Members {
                workers: Vec::new(),
                left: Vec::new(),
                waiting: Vec::new(),
            }),
            changed: Condvar::new(),
            idle: IdleNotifier::new(),
        }
    }

    fn state(&self) -> MutexGuard<'_, Members> {
        lock(&self.state)
    }

    /// A worker begins.
    pub(crate) fn join(&self, worker: Arc<InFlight<RunningJob>>) {
        self.state().workers.push(worker);
    }

    /// A worker ends.
    pub(crate) fn leave(&self, worker: &Arc<InFlight<RunningJob>>) {
        let (gone, waiting) = {
            let mut state = self.state();
            let is_it = |one: &mut Arc<_>| Arc::ptr_eq(one, worker);
            let gone: Vec<_> = state.workers.extract_if(.., is_it).collect();
            (gone, mem::take(&mut state.waiting))
        };
        drop(gone);
        self.changed.notify_all();
        waiting.into_iter().for_each(Waker::wake);
        self.idle.notify();
    }

    /// Where workers say that they have nothing to do.
    #[inline]
    pub(crate) fn idle(&self) -> &IdleNotifier {
        &self.idle
    }

    /// Whether no worker is in the middle of an event.
    pub(crate) fn is_idle(&self) -> bool {
        self.workers().iter().all(|worker| worker.is_idle())
    }

    /// Keeps what could not be finished.
    pub(crate) fn keep(&self, left: impl IntoIterator<Item = UnfinishedJob>) {
        let left: Vec<_> = left.into_iter().collect();
        self.state().left.extend(left);
    }

    pub(crate) fn workers(&self) -> Vec<Arc<InFlight<RunningJob>>> {
        self.state().workers.clone()
    }

    /// Takes what could not be finished.
    pub(crate) fn left(&self) -> Vec<UnfinishedJob> {
        mem::take(&mut self.state().left)
    }

    /// Waits until that worker, or without one all, have ended, at most until the deadline; says
    /// whether they have.
    pub(crate) fn wait(
        &self,
        worker: Option<&Arc<InFlight<RunningJob>>>,
        deadline: Option<Instant>,
    ) -> bool {
        let mut state = self.state();
        while state.has(worker) {
            state = match deadline {
                None => self
                    .changed
                    .wait(state)
                    .unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let left = deadline.saturating_duration_since(Instant::now());
                    if left.is_zero() {
                        return false;
                    }
                    let woken = self.changed.wait_timeout(state, left);
                    woken.unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
        true
    }

    /// Ready when that worker, or without one all, have ended.
    pub(crate) fn poll(
        &self,
        worker: Option<&Arc<InFlight<RunningJob>>>,
        waker: &Waker,
    ) -> Poll<()> {
        let waker = waker.clone();
        let mut state = self.state();
        if !state.has(worker) {
            return Poll::Ready(());
        }
        state.waiting.push(waker);
        Poll::Pending
    }
}

impl Members {
    /// Whether that worker, or without one any, is still there.
    fn has(&self, worker: Option<&Arc<InFlight<RunningJob>>>) -> bool {
        match worker {
            None => !self.workers.is_empty(),
            Some(worker) => self.workers.iter().any(|one| Arc::ptr_eq(one, worker)),
        }
    }
}
