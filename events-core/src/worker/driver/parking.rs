//! Parking: a job whose handlers only wait until they may be called leaves its driver. When it is woken, it is put back into
//! the queue.

use std::{
    sync::Arc,
    task::{Poll, Wake, Waker},
};

use crate::{
    context::EventChain,
    primitives::Waiter,
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
    waiter: Waiter,
}

impl ParkedByFlush {
    pub(super) fn new() -> Self {
        Self {
            places: Vec::new(),
            waiter: Waiter::new(),
        }
    }

    pub(super) fn add(&mut self, place: ParkedJob) {
        self.places.push(place);
    }

    /// Whether some of the jobs are still parked, and will be resumed before a scheduled job is due. Then the task is woken
    /// when that may have changed.
    pub(super) fn poll(&mut self, core: &Core, waker: &Waker) -> Poll<()> {
        if self.places.is_empty() {
            return Poll::Ready(());
        }
        core.drivers().idle().register(&mut self.waiter, waker);
        self.places.retain(|place| core.queue().is_parked(*place));
        if self.places.is_empty() || core.queue().resumes_none() {
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
