//! Running what waits in a queue: a loop that can be polled, and knows no runtime.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
};

use crate::{
    current::enter_if_other,
    queue::{
        InFlight, JobProgress, JobResult, JobSlot, PoppedJob, QueueOwner, RunningJob,
        UnfinishedJob, Waiter, enter,
    },
    registry::{Core, Registry},
};

/// After so many events the task that drives lets others have their turn.
const BURST: usize = 64;

/// So many times does a flush begin again with what came meanwhile: an event that puts the next one
/// into the queue has this many followers, and no more.
const ROUNDS: usize = 1000;

/// Runs what waits in a queue.
pub(crate) struct Driver {
    registry: Registry,
    in_flight: Arc<InFlight<RunningJob>>,
    /// The places of the jobs that wait, by their index.
    places: Vec<Option<JobSlot>>,
    waiting: usize,
    /// A place for the next job.
    spare: Option<JobSlot>,
    waiter: Waiter,
    concurrency: usize,
    /// So many events are begun in one poll.
    burst: usize,
    until: Until,
    pub(crate) events: usize,
    pub(crate) failures: usize,
}

/// When it is over.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    /// When nothing waits.
    Empty {
        /// How many of those that waited when the round began.
        left: usize,
        rounds: usize,
    },
    /// When the queue is drained.
    Drained,
}

impl Until {
    pub(crate) const EMPTY: Self = Self::Empty { left: 0, rounds: 0 };
}

impl Driver {
    pub(crate) fn new(registry: Registry, concurrency: usize, until: Until) -> Self {
        Self {
            registry,
            in_flight: Arc::new(InFlight::new()),
            places: Vec::new(),
            waiting: 0,
            spare: None,
            waiter: Waiter::new(),
            concurrency: concurrency.max(1),
            burst: BURST,
            until,
            events: 0,
            failures: 0,
        }
    }

    /// Begins one event in each poll, so that a deadline between polls is kept.
    pub(crate) fn one_by_one(mut self) -> Self {
        self.burst = 1;
        self
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(crate) fn in_flight(&self) -> &Arc<InFlight<RunningJob>> {
        &self.in_flight
    }

    /// Whether a chain of events was cut off.
    pub(crate) fn is_endless(&self) -> bool {
        matches!(self.until, Until::Empty { rounds, .. } if rounds > ROUNDS)
    }

    pub(crate) fn poll(&mut self, waker: &Waker) -> Poll<()> {
        // What runs out of a queue emits to the registry of that queue.
        let registry = self.registry.clone();
        let _current = enter_if_other(&registry);
        for index in self.in_flight.woken(waker) {
            self.go_on(index);
        }
        if self.in_flight.is_stopped() {
            return Poll::Ready(());
        }
        let core = registry.core();
        let inside = enter(core.queue_id(), None);
        for _ in 0..self.burst {
            if self.waiting >= self.concurrency {
                return Poll::Pending;
            }
            match self.pop(core, waker) {
                Poll::Ready(Some(popped)) => self.begin(core, popped),
                Poll::Ready(None) if self.waiting == 0 => return Poll::Ready(()),
                Poll::Pending | Poll::Ready(None) => {
                    if self.waiting == 0 {
                        core.workers().idle().notify();
                    }
                    return Poll::Pending;
                }
            }
        }
        drop(inside);
        waker.wake_by_ref();
        Poll::Pending
    }

    /// The next event. Pending when none waits, `None` when none will.
    #[inline(always)]
    fn pop<'c>(&mut self, core: &'c Core, waker: &Waker) -> Poll<Option<PoppedJob<'c, Core>>> {
        if self.in_flight.is_stop_requested() {
            return Poll::Ready(None);
        }
        if self.spare.is_none() {
            self.spare = Some(self.in_flight.place());
        }
        match &mut self.until {
            Until::Drained => {
                let context = &Context::from_waker(waker);
                core.queue().poll_pop(&mut self.waiter, context)
            }
            Until::Empty { left, rounds } => {
                if *left == 0 {
                    *left = core.queue().len();
                    *rounds += 1;
                }
                *left = left.saturating_sub(1);
                let is_endless = *rounds > ROUNDS;
                Poll::Ready(if is_endless { None } else { core.queue().pop() })
            }
        }
    }

    /// Begins an event. The queue's outlet is still locked: see `InFlight::poll`.
    #[inline(always)]
    fn begin(&mut self, core: &Core, popped: PoppedJob<'_, Core>) {
        let Some(place) = &self.spare else { return };
        self.in_flight.poll();
        match popped.start(core, place.waker()) {
            JobProgress::Waits(job) => return self.keep(*job),
            JobProgress::Done(ended) => self.count(ended),
            JobProgress::Nothing => {}
        }
        self.in_flight.end_poll();
    }

    /// Keeps a job that waits.
    fn keep(&mut self, job: RunningJob) {
        let Some(place) = self.spare.take() else {
            return;
        };
        self.events += 1;
        if let Err(job) = self.in_flight.put_back(&place, job) {
            return self.give_up(job);
        }
        let index = place.index();
        if self.places.len() <= index {
            self.places.resize_with(index + 1, || None);
        }
        self.places[index] = Some(place);
        self.waiting += 1;
    }

    /// A job was woken.
    fn go_on(&mut self, index: usize) {
        let Some(place) = self.places.get(index).and_then(Option::as_ref) else {
            return;
        };
        let Some(mut job) = self.in_flight.take(place) else {
            // A shutdown has taken it.
            return;
        };
        match job.poll(self.registry.core().queue_id(), place.waker()) {
            Poll::Ready(ended) => {
                self.in_flight.end_poll();
                self.failures += ended.failures;
            }
            Poll::Pending => match self.in_flight.put_back(place, job) {
                Ok(()) => return,
                Err(job) => self.give_up(job),
            },
        }
        self.waiting -= 1;
        let place = self.places[index].take();
        if self.spare.is_none() {
            self.spare = place;
        } else if let Some(place) = place {
            self.in_flight.free(&place);
        }
    }

    fn count(&mut self, ended: JobResult) {
        self.events += 1;
        self.failures += ended.failures;
    }

    /// A job that nobody will finish is kept for the next shutdown, and told.
    fn give_up(&self, job: RunningJob) {
        let workers = self.registry.core().workers();
        workers.keep(job.stop().inspect(UnfinishedJob::record));
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let core = self.registry.core();
        core.queue().leave(&mut self.waiter);
        let waiting = self.in_flight.stop().waiting;
        waiting.into_iter().for_each(|job| self.give_up(job));
    }
}
