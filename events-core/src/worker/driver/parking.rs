//! Parking: a job whose handlers only wait until they may be called leaves its driver. When it is woken, it is put back into
//! the queue.

use std::{
    sync::Arc,
    task::{Poll, Wake, Waker},
};

use crate::{
    context::{EventChain, emissions_in_progress},
    metadata::EmissionId,
    primitives::{OptionBox, Waiter},
    queue::{InFlight, JobResult, ParkedJob, RunningJob, UnfinishedJob},
    registry::{Core, Registry, WeakRegistry},
};

/// What became of a job that was to be parked.
pub(super) enum Parking {
    /// It is parked, and the driver no longer polls it.
    Parked(ParkedJob),
    /// It has ended.
    Done(JobResult),
    /// It is to be suspended: a handler waits for something else, or the queue is closed. It was polled with the waker of
    /// the driver last.
    Pending(Box<RunningJob>),
}

/// The jobs that a flush has parked, for which it waits.
pub(super) struct ParkedByFlush {
    places: Vec<ParkedJob>,
    /// If the flush blocks a thread with emits in progress. Boxed: a flush moves its driver.
    blocking: OptionBox<Blocking>,
    waiter: Waiter,
}

/// The emissions of the thread that a flush blocks.
struct Blocking {
    /// The emissions that are not resumed meanwhile.
    held_up: Vec<EmissionId>,
    /// How many of the jobs are left, since they wait for one of them.
    left: usize,
}

impl ParkedByFlush {
    pub(super) fn new() -> Self {
        Self {
            places: Vec::new(),
            blocking: OptionBox::NONE,
            waiter: Waiter::new(),
        }
    }

    pub(super) fn add(&mut self, place: ParkedJob) {
        self.places.push(place);
    }

    /// The flush blocks this thread: it does not wait for a job that waits for an emission in progress on it. A call of that
    /// emission which another thread makes, from the queue, has the same id, and counts as well.
    pub(super) fn set_blocking(&mut self) {
        self.blocking = OptionBox::from(Blocking {
            held_up: emissions_in_progress(),
            left: 0,
        });
    }

    /// How many of the jobs are left since they wait for such an emission.
    pub(super) fn blocked(&self) -> usize {
        self.blocking.get().map_or(0, |blocking| blocking.left)
    }

    /// Pending while some of the jobs are parked, and will be resumed before a scheduled call is made. Then the task is woken
    /// when that may have changed.
    pub(super) fn poll(&mut self, core: &Core, waker: &Waker) -> Poll<()> {
        if self.places.is_empty() {
            return Poll::Ready(());
        }
        core.drivers().idle().register(&mut self.waiter, waker);
        let mut resumes_one = false;
        let held_up = self.blocking.get().map_or(&[][..], |one| &one.held_up);
        let mut left = 0;
        self.places.retain(|place| {
            let resumes = core.queue().resumes(*place, held_up);
            resumes_one |= resumes == Some(true);
            let is_blocked = || core.queue().resumes(*place, &[]) == Some(true);
            if resumes == Some(false) && !held_up.is_empty() && is_blocked() {
                left += 1;
            }
            resumes.is_some()
        });
        if let Some(blocking) = self.blocking.get_mut() {
            blocking.left = left;
        }
        if !resumes_one {
            self.remove_waiter(core);
            return Poll::Ready(());
        }
        Poll::Pending
    }

    pub(super) fn remove_waiter(&mut self, core: &Core) {
        if !self.places.is_empty() || self.waiter.is_waiting() {
            core.drivers().idle().remove(&mut self.waiter);
        }
    }
}

/// Parks a job that is pending, if its handlers only wait until they may be called. The driver polls it: the caller has
/// entered the job. `waker` is that with which the driver has polled it.
pub(super) fn park(
    registry: &Registry,
    in_flight: &InFlight<RunningJob>,
    waker: &Waker,
    mut job: Box<RunningJob>,
    chain: EventChain,
) -> Parking {
    let core = registry.core();
    while job.is_waiting() {
        let Some(place) = core.queue().reserve_parked() else {
            break;
        };
        let parked_waker = Waker::from(Arc::new(ParkedWaker {
            registry: registry.downgrade(),
            place,
        }));
        let polled = job.poll(core, &parked_waker);
        if polled.is_pending() && job.is_waiting() {
            match core
                .queue()
                .park(place, job, chain, || in_flight.end_poll())
            {
                Ok(()) => return Parking::Parked(place),
                Err(unparked) => job = unparked,
            }
        }
        core.queue().free_parked(place);
        // It was woken meanwhile, or proceeded: from here on the driver is to be woken.
        if let Poll::Ready(result) = polled {
            return Parking::Done(result);
        }
        if let Poll::Ready(result) = job.poll(core, waker) {
            return Parking::Done(result);
        }
    }
    Parking::Pending(job)
}

/// The waker of a parked job.
struct ParkedWaker {
    registry: WeakRegistry,
    place: ParkedJob,
}

impl Wake for ParkedWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if let Some(registry) = self.registry.upgrade() {
            let core = registry.core();
            core.queue().wake_parked(self.place);
            // One that can start no further job resumes it.
            core.drivers().wake_all();
            // A task that waits until the queue is settled runs the job, if there is no worker.
            core.drivers().idle().notify();
        }
    }
}

/// Drops the handlers of a job that will not be finished, and logs it.
pub(super) fn stop_and_log(job: RunningJob, refused: Option<&str>) -> Option<UnfinishedJob> {
    job.stop().inspect(|unfinished| unfinished.log(refused))
}
