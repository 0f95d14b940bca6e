//! The driver: the poll loop that runs the jobs of a queue. It needs no runtime.
//!
//! A job whose handlers are pending is suspended: it is stored in a slot, and resumed when its waker is
//! woken. Meanwhile the driver starts further jobs, up to its concurrency.
//!
//! A driver may be polled at a place where it can start or resume no job: where no further emit may be nested, or little
//! of the stack is left. A later poll elsewhere may run what this one could not. So the jobs stay in their slots and in
//! the queue, the driver passes the wake-up for a queued job on to another one, registers again for later pushes, and is
//! pending. For a job that was woken there is no other driver: so the driver wakes its task once, and a poll elsewhere
//! resumes the job. Only a flush or a shutdown without a suspended job is ready there: its caller handles the queued jobs.

use std::{
    mem,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{
    intake::{Intake, Next, Rest, Until},
    parking::{ParkedByFlush, stop_and_log},
};
use crate::{
    context::{EventChain, MAX_LIMIT, depth, enter_job, is_in_job_of, may_enter, set_chain},
    primitives::catch_record,
    queue::{InFlight, JobProgress, JobResult, JobSlot, QueueOwner, RunningJob},
    registry::{Core, Registry, enter_for_handlers},
    unit::EnteredUnit,
};

/// Runs the jobs of a queue.
pub(in crate::worker) struct Driver {
    pub(super) registry: Registry,
    pub(super) in_flight: Arc<InFlight<RunningJob>>,
    /// Whether it is among the drivers that are in progress.
    is_registered: bool,
    /// The slots of the suspended jobs, by their index, and the chains of the jobs.
    pub(super) slots: Vec<Option<(JobSlot, EventChain)>>,
    pub(super) suspended: usize,
    /// The slot for the next job that is suspended.
    pub(super) spare_slot: Option<JobSlot>,
    pub(super) intake: Intake,
    pub(super) parked: ParkedByFlush,
    concurrency: usize,
    /// Whether its first poll was inside a job of the queue. That job may await this driver, which therefore does not wait
    /// for the jobs of other drivers.
    begins_inside: Option<bool>,
    /// Whether, in its last poll, it was to start a job where no further emit may be nested.
    is_too_deep: bool,
    /// Whether it was logged that it can run nothing where it is polled.
    has_logged: bool,
    /// Whether it has woken its task since it was last polled at a place where it can resume jobs.
    has_woken_task: bool,
    /// The blocking call that polls it, once that is refused.
    refused: Option<&'static str>,
    pub(crate) events: usize,
    pub(crate) failures: usize,
    /// The events and failures that are added to the counts of the queue.
    published: (usize, usize),
}

impl Driver {
    pub(crate) fn new(registry: Registry, concurrency: usize, until: Until) -> Self {
        Self {
            registry,
            in_flight: Arc::new(InFlight::new()),
            is_registered: false,
            slots: Vec::new(),
            suspended: 0,
            spare_slot: None,
            intake: Intake::new(until),
            parked: ParkedByFlush::new(),
            concurrency: concurrency.max(1),
            begins_inside: None,
            is_too_deep: false,
            has_logged: false,
            has_woken_task: false,
            refused: None,
            events: 0,
            failures: 0,
            published: (0, 0),
        }
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.registry
    }

    pub(crate) fn in_flight(&self) -> &Arc<InFlight<RunningJob>> {
        &self.in_flight
    }

    /// Whether the flush was cut off, since a chain of events is too long.
    pub(in crate::worker) fn is_cut_off(&self) -> bool {
        self.intake.is_cut_off()
    }

    /// The flush blocks this thread; see `ParkedByFlush`.
    pub(in crate::worker) fn set_blocking(&mut self) {
        self.parked.set_blocking();
    }

    /// How many jobs a flush leaves since they wait for an emission that it blocks.
    pub(in crate::worker) fn blocked(&self) -> usize {
        self.parked.blocked()
    }

    /// Whether, in its last poll, it started no job since no further emit may be nested there: the event would be
    /// refused. The jobs stay in the queue.
    pub(in crate::worker) fn is_too_deep(&self) -> bool {
        self.is_too_deep
    }

    /// Polls it only for the jobs that it has started; it starts no further one. Ready when they have ended.
    pub(in crate::worker) fn poll_started(&mut self, waker: &Waker) -> Poll<()> {
        if !self.in_flight.is_stop_requested() {
            self.in_flight.request_stop();
        }
        self.poll(waker)
    }

    /// The blocking call that polls it is refused, and drops it: the records of its jobs name the call.
    pub(in crate::worker) fn set_refused(&mut self, call: &'static str) {
        self.refused = Some(call);
    }

    /// Whether it has a job in progress between two polls.
    pub(in crate::worker) fn has_suspended(&self) -> bool {
        self.suspended > 0
    }

    /// Whether it was to start no further job.
    pub(in crate::worker) fn is_stop_requested(&self) -> bool {
        self.in_flight.is_stop_requested()
    }

    /// Adds it to the drivers that are in progress, for which a shutdown waits, until it is dropped. The first
    /// poll that has something to run does so as well.
    pub(in crate::worker) fn register(&mut self) {
        if !self.is_registered {
            self.is_registered = true;
            let drivers = self.registry.core().drivers();
            drivers.add(Arc::clone(&self.in_flight));
        }
    }

    pub(crate) fn poll(&mut self, waker: &Waker) -> Poll<()> {
        let registry = self.registry.clone();
        let core = registry.core();
        core.queue().move_due();
        if !self.is_registered {
            if self.intake.is_of_flush() && core.queue().len() == 0 {
                return Poll::Ready(());
            }
            self.register();
        }
        self.is_too_deep = false;
        let is_inside = is_in_job_of(core.queue_id());
        let begins_inside = *self.begins_inside.get_or_insert(is_inside);
        // Before a job is taken out of the wake list: a panic of a waker that is cloned must not lose it.
        self.intake.prepare_waker(waker);
        // A job that is resumed where it cannot be nested would have to end its handlers.
        let may_resume = may_enter(MAX_LIMIT);
        let (woken, is_held_back) = if may_resume {
            (self.in_flight.take_woken(waker), false)
        } else {
            (Vec::new(), self.in_flight.has_woken(waker))
        };
        if !woken.is_empty() {
            // A push must not wake this driver while it is busy.
            self.intake.remove_waiter(core);
        }
        let rest = self.run(&registry, woken, is_inside && begins_inside);
        let counts = (self.events, self.failures);
        core.drivers().publish(&mut self.published, counts);
        self.intake.drop_wakers();
        let Some(rest) = rest else {
            return Poll::Ready(());
        };
        // Only from here on tasks are woken: a waker may poll a task that is inside no job of the queue, and not inside
        // its registry.
        let is_ready = match rest {
            Rest::Full => false,
            Rest::Yield => {
                waker.wake_by_ref();
                false
            }
            Rest::Waiting | Rest::Ended if core.queue().move_due() => {
                waker.wake_by_ref();
                false
            }
            Rest::Waiting => {
                self.notify_if_idle(core);
                self.intake.sleep_until_due(core, waker);
                false
            }
            Rest::Stopping => {
                self.intake.remove_waiter(core);
                self.has_no_job()
            }
            Rest::TooDeep => {
                self.is_too_deep = true;
                self.log_too_deep(core);
                self.notify_if_idle(core);
                let has_no_job = self.has_no_job();
                self.intake.leave(core, waker, has_no_job)
            }
            Rest::Ended if self.has_no_job() => {
                let is_ready = self.parked.poll(core, waker).is_ready();
                if !is_ready {
                    // What the parked jobs wait for may wait for a scheduled one.
                    self.intake.sleep_until_due(core, waker);
                }
                is_ready
            }
            Rest::Ended => false,
        };
        if is_ready {
            return Poll::Ready(());
        }
        self.has_woken_task &= !may_resume;
        if is_held_back {
            self.hold_back(core, waker);
        }
        Poll::Pending
    }

    /// If it has no job in progress, tasks that wait until the queue is settled check again.
    fn notify_if_idle(&self, core: &Core) {
        if self.suspended == 0 {
            core.drivers().idle().notify();
        }
    }

    /// Whether it has no job in progress any more.
    fn has_no_job(&self) -> bool {
        self.suspended == 0 || self.in_flight.is_stopped()
    }

    /// Resumes the woken jobs and starts others. `None` if a shutdown has stopped it.
    fn run(&mut self, registry: &Registry, woken: Vec<usize>, is_inside: bool) -> Option<Rest> {
        // The handlers of a job emit to the registry of its queue, and in no unit of work that this thread has entered.
        let _current = enter_for_handlers(registry);
        let _outside = EnteredUnit::none();
        let core = registry.core();
        let _sink = core.pass_failures();
        if !woken.is_empty() {
            woken.into_iter().for_each(|index| self.resume(index));
            self.in_flight.end_resume();
        }
        let is_stopped = self.in_flight.is_stopped();
        (!is_stopped).then(|| self.start_jobs(core, is_inside))
    }

    /// Starts jobs, as many as it may in one poll.
    fn start_jobs(&mut self, core: &Core, is_inside: bool) -> Rest {
        let _job = enter_job(core.queue_id(), None);
        let may_start = may_enter(core.emit_limits().limit());
        let flush = self.intake.flush_number(core);
        for _ in 0..self.intake.starts_per_poll() {
            if self.suspended >= self.concurrency {
                if may_start && self.resume_parked(core) {
                    continue;
                }
                return Rest::Full;
            }
            if self.in_flight.is_stop_requested() {
                return Rest::Stopping;
            }
            // Whether it waits for the jobs of other drivers. Inside a job it waits only for its own.
            let may_wait = || !is_inside || self.suspended > 0;
            let next = if !may_start {
                Err(self.intake.rest_without_start(core, may_wait))
            } else if let Some(flush) = flush {
                self.intake.pop_in_flush(core, flush)
            } else {
                self.intake.pop(core, may_wait)
            };
            match next {
                Ok(next) => self.start(core, next),
                Err(rest) => return rest,
            }
        }
        Rest::Yield
    }

    /// A job that was woken is not resumed where it is polled. No other driver can resume it.
    #[cold]
    fn hold_back(&mut self, core: &Core, waker: &Waker) {
        self.log_too_deep(core);
        if !mem::replace(&mut self.has_woken_task, true) {
            waker.wake_by_ref();
        }
    }

    fn log_too_deep(&mut self, core: &Core) {
        if mem::replace(&mut self.has_logged, true) {
            return;
        }
        // A layer that shuts the queue down for the record must not wait for this driver.
        let _job = enter_job(core.queue_id(), None);
        catch_record(|| {
            tracing::error!(
                target: "events_core",
                nested = depth(),
                left = core.queue().len(),
                "a flush, worker or shutdown runs no event, since as many emits are nested around it as \
                 Registry::set_depth_limit allows, or little of the thread's stack is left; the events stay in \
                 the queue, and those in progress are not resumed; call it outside of the handlers",
            );
        });
    }

    /// Starts a job. The consumer side of the queue is still locked, as `InFlight::begin_poll` requires.
    #[inline(always)]
    fn start(&mut self, core: &Core, next: Next<'_>) {
        let reserve = || self.in_flight.reserve_slot();
        let slot = self.spare_slot.get_or_insert_with(reserve);
        let Next {
            popped,
            vtable,
            chain,
        } = next;
        self.in_flight.begin_poll();
        set_chain(chain);
        match (vtable.start)(popped, core, slot.waker()) {
            JobProgress::Pending(job) => return self.park_or_suspend(job, chain),
            JobProgress::Done(result) => self.count(result),
            JobProgress::Empty => {}
        }
        self.in_flight.end_poll();
    }

    pub(super) fn count(&mut self, result: JobResult) {
        self.events += 1;
        // Two plain additions: the compiler would combine them into one of vectors, with more instructions.
        if result.failures > 0 {
            self.failures += result.failures;
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let registry = self.registry.clone();
        let core = registry.core();
        self.intake.remove_waiter(core);
        self.parked.remove_waiter(core);
        {
            // Destructors that run here emit to the registry of the queue, as handlers do in `poll`. Not around the
            // wakers, as there.
            let _current = enter_for_handlers(&registry);
            let _outside = EnteredUnit::none();
            let _sink = core.pass_failures();
            let _job = enter_job(core.queue_id(), None);
            let stop = |job| stop_and_log(job, self.refused);
            core.drivers().stop(&self.in_flight, stop);
        }
        if self.is_registered {
            core.drivers().remove(&self.in_flight);
            core.queue().wake_if_draining();
        }
        self.in_flight.discard_waker();
    }
}
