//! The parked jobs of a queue.
//!
//! A driver that has polled a job whose pending handlers only wait for a permit *parks* it: it polls the job once more,
//! with a waker that belongs to the parked job, and stores it here. When that waker is woken, the job is put back into
//! the queue, and a driver resumes it.
//!
//! Invariants:
//! - A parked job is here, or in the queue, or was taken: it moves from the one to the other under the lock here, inside
//!   of which the queue is locked, never the other way round.
//! - The driver ends its poll of the job under that lock. So a thread that finds the driver idle, and locks this
//!   afterwards, finds the job.
//! - A wake-up that comes before the job is stored is recorded: the job is then not parked, but resumed.
//!
//! No user code runs under the lock.
//!
//! Of this crate the file imports only `primitives`, so that `tests/model` can compile it with the primitives of a model
//! checker.

use std::collections::BTreeMap;

use crate::primitives::sync::{Mutex, MutexGuard, lock};

/// The parked jobs of a queue. `J` is the type of a job.
pub(crate) struct ParkedJobs<J> {
    state: Mutex<Option<Box<State<J>>>>,
}

struct State<J> {
    /// By the numbers of the jobs.
    jobs: BTreeMap<u64, Place<J>>,
    /// How many are stored.
    parked: usize,
    last_number: u64,
    is_closed: bool,
}

/// The place of a job.
enum Place<J> {
    /// A driver polls the job before it is stored. Whether it was woken meanwhile.
    Polled {
        is_woken: bool,
    },
    Parked(J),
}

impl<J> Place<J> {
    fn job(&self) -> Option<&J> {
        match self {
            Self::Polled { .. } => None,
            Self::Parked(job) => Some(job),
        }
    }
}

/// The number of a job that is to be parked.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ParkedJob(u64);

impl<J> Default for State<J> {
    fn default() -> Self {
        Self {
            jobs: BTreeMap::new(),
            parked: 0,
            last_number: 0,
            is_closed: false,
        }
    }
}

impl<J> ParkedJobs<J> {
    pub(crate) const fn new() -> Self {
        Self {
            state: Mutex::new(None),
        }
    }

    fn state(&self) -> MutexGuard<'_, Option<Box<State<J>>>> {
        lock(&self.state)
    }

    /// A place for a job that is to be parked. The caller [parks](Self::park) the job, or [frees](Self::free) the place.
    /// `None` if no job is parked any more.
    pub(crate) fn reserve(&self) -> Option<ParkedJob> {
        let mut state = self.state();
        let state = state.get_or_insert_default();
        if state.is_closed {
            return None;
        }
        state.last_number += 1;
        let place = Place::Polled { is_woken: false };
        state.jobs.insert(state.last_number, place);
        Some(ParkedJob(state.last_number))
    }

    /// Stores a job, and calls `end_poll`. The job is returned if it was woken, or if no job is parked any more.
    pub(crate) fn park(
        &self,
        ParkedJob(number): ParkedJob,
        job: J,
        end_poll: impl FnOnce(),
    ) -> Result<(), J> {
        let mut state = self.state();
        let Some(state) = &mut *state else {
            return Err(job);
        };
        let place = state.jobs.remove(&number);
        if state.is_closed || !matches!(place, Some(Place::Polled { is_woken: false })) {
            return Err(job);
        }
        state.jobs.insert(number, Place::Parked(job));
        state.parked += 1;
        end_poll();
        Ok(())
    }

    /// The job was not parked.
    pub(crate) fn free(&self, ParkedJob(number): ParkedJob) {
        if let Some(state) = &mut *self.state() {
            state.jobs.remove(&number);
        }
    }

    /// The job was woken. If it is parked, `push` puts it into the queue.
    pub(crate) fn wake(&self, ParkedJob(number): ParkedJob, push: impl FnOnce(J)) {
        let mut state = self.state();
        let Some(state) = &mut *state else {
            return;
        };
        match state.jobs.remove(&number) {
            None => {}
            Some(Place::Polled { .. }) => {
                let place = Place::Polled { is_woken: true };
                state.jobs.insert(number, place);
            }
            Some(Place::Parked(job)) => {
                state.parked -= 1;
                push(job);
            }
        }
    }

    /// How many jobs are parked.
    pub(crate) fn len(&self) -> usize {
        self.state().as_ref().map_or(0, |state| state.parked)
    }

    /// Calls `f` with that job, if it is parked, under the lock.
    pub(crate) fn get<T>(
        &self,
        ParkedJob(number): ParkedJob,
        f: impl FnOnce(&J) -> T,
    ) -> Option<T> {
        let state = self.state();
        state.as_ref()?.jobs.get(&number)?.job().map(f)
    }

    /// Whether `f` returns `true` for each of the first parked jobs, at most `count`. It is called under the lock.
    pub(crate) fn all_of_first(&self, count: usize, f: impl FnMut(&J) -> bool) -> bool {
        let state = self.state();
        let places = state.iter().flat_map(|state| state.jobs.values());
        places.filter_map(Place::job).take(count).all(f)
    }

    /// Calls `f` with each parked job, under the lock.
    pub(crate) fn for_each(&self, f: impl FnMut(&J)) {
        let state = self.state();
        let places = state.iter().flat_map(|state| state.jobs.values());
        places.filter_map(Place::job).for_each(f);
    }

    /// Takes the parked jobs, in the order in which they were parked; with `closes`, no job is parked from now on.
    pub(crate) fn take_all(&self, closes: bool) -> Vec<J> {
        let jobs: Vec<_> = {
            let mut state = self.state();
            let Some(state) = &mut *state else {
                if closes {
                    state.get_or_insert_default().is_closed = true;
                }
                return Vec::new();
            };
            state.is_closed |= closes;
            state.parked = 0;
            let parked = |_: &u64, place: &mut Place<J>| matches!(place, Place::Parked(_));
            state.jobs.extract_if(.., parked).collect()
        };
        let job = |(_, place)| match place {
            Place::Parked(job) => Some(job),
            Place::Polled { .. } => None,
        };
        jobs.into_iter().filter_map(job).collect()
    }
}
