//! The jobs that one taker of a queue has begun and that wait: each in a place of its own, with a
//! waker that says which one is to go on.
//!
//! The places are shared, so that a shutdown whose deadline has passed can take the jobs that wait
//! out of the hands of a taker that does not come back. A job that is being polled is in nobody's
//! place; its taker hears that it was stopped when it wants to put the job back.
//!
//! The file names nothing of this crate but `sync`: `tests/model` tries the interleavings of a taker,
//! of wakers and of a shutdown.

use std::{
    mem,
    sync::Arc,
    task::{Wake, Waker},
};

use crate::primitives::sync::{AtomicBool, Mutex, MutexGuard, Ordering, lock};

/// The jobs of one taker.
pub(crate) struct InFlight<J> {
    places: Mutex<JobTable<J>>,
    ready: Arc<WakeList>,
    /// The taker begins nothing any more.
    leaving: AtomicBool,
    /// A job is being polled.
    polling: AtomicBool,
}

struct JobTable<J> {
    jobs: Vec<Option<J>>,
    free: Vec<usize>,
    stopped: bool,
}

/// Which jobs are to go on, and who polls them.
struct WakeList(Mutex<Woken>);

struct Woken {
    places: Vec<usize>,
    taker: Option<Waker>,
}

/// Wakes one job: the taker, which then finds its place.
struct JobWaker {
    place: usize,
    /// Whether the place is in the list already.
    queued: AtomicBool,
    ready: Arc<WakeList>,
}

/// A place for a job, with the job's waker.
pub(crate) struct JobSlot {
    index: usize,
    one: Arc<JobWaker>,
    waker: Waker,
}

/// What a shutdown found.
pub(crate) struct Stopped<J> {
    /// The jobs that waited.
    pub(crate) waiting: Vec<J>,
    /// Whether another was being polled.
    pub(crate) polling: bool,
}

impl<J> InFlight<J> {
    pub(crate) fn new() -> Self {
        Self {
            places: Mutex::new(JobTable {
                jobs: Vec::new(),
                free: Vec::new(),
                stopped: false,
            }),
            ready: Arc::new(WakeList(Mutex::new(Woken {
                places: Vec::new(),
                taker: None,
            }))),
            leaving: AtomicBool::new(false),
            polling: AtomicBool::new(false),
        }
    }

    fn places(&self) -> MutexGuard<'_, JobTable<J>> {
        lock(&self.places)
    }

    /// A place for a job, empty so far.
    pub(crate) fn place(&self) -> JobSlot {
        let mut places = self.places();
        let index = places.free.pop().unwrap_or_else(|| {
            places.jobs.push(None);
            places.jobs.len() - 1
        });
        drop(places);
        let one = Arc::new(JobWaker {
            place: index,
            queued: AtomicBool::new(false),
            ready: Arc::clone(&self.ready),
        });
        let waker = Waker::from(Arc::clone(&one));
        JobSlot { index, one, waker }
    }

    /// The taker is polled by this one from now on; those that were woken meanwhile come back.
    pub(crate) fn woken(&self, taker: &Waker) -> Vec<usize> {
        let new = taker.clone();
        let (woken, _old) = {
            let mut state = self.ready.state();
            (mem::take(&mut state.places), state.taker.replace(new))
        };
        woken
    }

    /// A job is polled until [`put_back`](Self::put) or [`end_poll`](Self::polled). Said under the lock of
    /// the place that it comes from: whoever finds it there no more, under that lock, sees this.
    #[inline]
    pub(crate) fn poll(&self) {
        self.polling.store(true, Ordering::Relaxed);
    }

    /// The job that was polled is through.
    #[inline]
    pub(crate) fn end_poll(&self) {
        self.polling.store(false, Ordering::Relaxed);
    }

    /// Takes the job of a place to poll it.
    pub(crate) fn take(&self, place: &JobSlot) -> Option<J> {
        place.one.queued.store(false, Ordering::SeqCst);
        let mut places = self.places();
        let job = places.jobs[place.index].take();
        if job.is_some() {
            self.poll();
        }
        job
    }

    /// Puts a job that waits into its place, after it was polled. It comes back when a shutdown is
    /// over that would have taken it.
    pub(crate) fn put_back(&self, place: &JobSlot, job: J) -> Result<(), J> {
        let mut places = self.places();
        let result = if places.stopped {
            Err(job)
        } else {
            places.jobs[place.index] = Some(job);
            Ok(())
        };
        // Under the lock: a shutdown sees the job in its place, or that it is being polled.
        self.end_poll();
        result
    }

    /// Whether no job waits or is being polled.
    pub(crate) fn is_idle(&self) -> bool {
        let places = self.places();
        places.jobs.iter().all(Option::is_none) && !self.polling.load(Ordering::Relaxed)
    }

    /// The place is not needed any more.
    pub(crate) fn free(&self, place: &JobSlot) {
        self.places().free.push(place.index);
    }

    /// The taker begins nothing any more; it is woken to hear of it.
    pub(crate) fn leave(&self) {
        self.leaving.store(true, Ordering::SeqCst);
        self.ready.wake();
    }

    pub(crate) fn is_stop_requested(&self) -> bool {
        self.leaving.load(Ordering::SeqCst)
    }

    /// Whether a shutdown has taken what waited.
    pub(crate) fn is_stopped(&self) -> bool {
        self.is_stop_requested() && self.places().stopped
    }

    /// Takes what waits; nothing is begun or put back any more.
    pub(crate) fn stop(&self) -> Stopped<J> {
        self.leaving.store(true, Ordering::SeqCst);
        let stopped = {
            let mut places = self.places();
            places.stopped = true;
            Stopped {
                waiting: places.jobs.iter_mut().filter_map(Option::take).collect(),
                polling: self.polling.load(Ordering::Relaxed),
            }
        };
        self.ready.wake();
        stopped
    }
}

impl JobSlot {
    pub(crate) fn waker(&self) -> &Waker {
        &self.waker
    }

    pub(crate) fn index(&self) -> usize {
        self.index
    }
}

impl WakeList {
    fn state(&self) -> MutexGuard<'_, Woken> {
        lock(&self.0)
    }

    /// Wakes the taker.
    fn wake(&self) {
        let taker = self.state().taker.clone();
        if let Some(taker) = taker {
            taker.wake();
        }
    }
}

impl Wake for JobWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.queued.swap(true, Ordering::SeqCst) {
            self.ready.state().places.push(self.place);
            self.ready.wake();
        }
    }
}
