//! The queue of jobs: stores each pushed job or returns it to the caller, but makes no snapshots and runs no
//! handlers, which `emit/defer/` does for an emit.
//!
//! # When the queue is full
//!
//! [`JobQueue::push`] accepts no job beyond the capacity. It returns the job in a [`PushError`], and never
//! waits and never drops a job. It logs the first such push at `warn`, once in the life of the queue, if the
//! queue has no worker then. Its callers do the following, inside a worker's job as well as outside:
//!
//! - `enqueue` returns the event to its caller in a `QueueFull` error. Nothing runs.
//! - An emit, sync or async, calls the deferred handlers that are not async at once, on the emitter's thread.
//!   Those that are async are not called: each is a failure of the emit, which `try_emit` returns and `emit`
//!   logs at `error`. They are not called later either. The other handlers of the event are not affected.
//!
//! Parked jobs take no part of the capacity: their handlers wait for other calls of a subscriber, which may take long or
//! fail, and they must not keep the events of other subscribers out. Instead each subscriber has a limit of its own, its
//! backlog: when as many events of the queue wait for a call of it as the queue holds, an emit does not deliver to it (see
//! `emit/defer/deferral.rs`), and an event that was enqueued does not wait for it (see `policies/limit/permit.rs`).

use std::{
    ops::Deref,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Instant,
};

use super::{
    bounded::{BoundedQueue, PushError, PushErrorKind},
    job::{JobVtable, QueueOwner, RunningJob, UnfinishedJob},
    parked::{ParkedJob, ParkedJobItem, ParkedJobs, ResumedJobs},
    schedule::{RefusedSchedule, Schedule, ScheduleErrorKind, ScheduledJob},
    start_worker::START_WORKER,
    topic_counts::TopicCounts,
};
use crate::{
    context::{EventChain, QueueId, chain_of_job},
    metadata::EmissionId,
    primitives::{catch_drop, catch_record, drop_catching},
    result::Undelivered,
    time::{Clock, TimeKey},
};

/// How many parked jobs are asked at most whether they will be resumed.
const ASKED: usize = 64;

/// A queue of jobs; `C` is the `QueueOwner` that a job is started with.
///
/// It dereferences to the bounded queue, whose `push` is hidden by the one of this type.
pub(crate) struct JobQueue<C: 'static> {
    bounded: BoundedQueue<&'static JobVtable<C>>,
    schedule: Schedule<C>,
    /// The jobs that wait until they may be resumed, each with its place in a chain of events.
    parked: ParkedJobs<(Box<RunningJob>, EventChain)>,
    resumed: ResumedJobs,
    /// How many calls were scheduled since the ones before them failed.
    retried: AtomicU64,
}

/// Places that are reserved in a queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Places {
    /// Whether one is that of a job in the queue.
    pub(crate) queued: bool,
    /// How many are those of scheduled jobs.
    pub(crate) scheduled: usize,
}

/// Why places were not reserved.
pub(crate) enum Unreserved {
    Queue(PushErrorKind),
    Schedule(Undelivered),
}

impl<C> JobQueue<C> {
    pub(crate) const fn new() -> Self {
        Self {
            bounded: BoundedQueue::new(),
            schedule: Schedule::new(),
            parked: ParkedJobs::new(),
            resumed: ResumedJobs::new(),
            retried: AtomicU64::new(0),
        }
    }

    /// The identity of this queue; it changes when the queue is moved.
    pub(crate) fn id(&self) -> QueueId {
        QueueId::of(self)
    }

    /// Pushes a job, and warns once if the queue is full and has no worker.
    // Inlined: the job moves straight into the queue.
    #[inline(always)]
    pub(crate) fn push<T: Send + 'static>(
        &self,
        vtable: &'static JobVtable<C>,
        job: T,
    ) -> Result<(), PushError<T>> {
        let from_job = chain_of_job(self.id());
        let pushed = self.bounded.push(vtable, job, from_job);
        pushed.inspect_err(|error| self.warn_if_unattended(error.unattended))
    }

    #[cold]
    #[inline(never)]
    fn warn_if_unattended(&self, unattended: bool) {
        if unattended {
            catch_record(|| {
                tracing::warn!(
                    target: "events_core",
                    capacity = self.capacity(),
                    "the queue is full and has no worker; {START_WORKER}, or call registry().queue().flush() \
                     regularly, in async code flush_async().await",
                );
            });
        }
    }

    /// Reserves places: for a job in the queue, and for scheduled jobs.
    pub(crate) fn reserve(&self, places: Places) -> Result<(), Unreserved> {
        let Places { queued, scheduled } = places;
        if queued {
            let from_job = chain_of_job(self.id()).is_some();
            let reserved = self.bounded.reserve_place(from_job);
            reserved.map_err(|error| {
                self.warn_if_unattended(error.unattended);
                Unreserved::Queue(error.kind)
            })?;
        }
        if scheduled > 0
            && let Err(kind) = self.reserve_scheduled(scheduled)
        {
            if queued {
                self.bounded.free_place();
            }
            return Err(Unreserved::Schedule(kind.undelivered()));
        }
        Ok(())
    }

    fn reserve_scheduled(&self, places: usize) -> Result<(), ScheduleErrorKind> {
        if chain_of_job(self.id()).is_none() && !self.bounded.is_open() {
            return Err(ScheduleErrorKind::ShutDown);
        }
        self.schedule.reserve(places)
    }

    /// Frees places that were reserved and not used.
    pub(crate) fn free(&self, places: Places) {
        if places.queued {
            self.bounded.free_place();
        }
        self.schedule.free(places.scheduled);
    }

    /// As [`push`](Self::push), into a place that was reserved; it is used up.
    pub(crate) fn push_reserved<T: Send + 'static>(
        &self,
        vtable: &'static JobVtable<C>,
        job: T,
    ) -> Result<(), PushError<T>> {
        let from_job = chain_of_job(self.id());
        self.bounded.push_reserved(vtable, job, from_job)
    }

    /// The clock by which scheduled jobs are due.
    pub(crate) fn clock(&self) -> &Arc<Clock> {
        self.schedule.clock()
    }

    /// Schedules a job: it is pushed when that time has come, beyond the capacity of the queue if need be. The number of
    /// scheduled jobs has a limit of its own, which is exceeded if `is_limited` is false.
    pub(crate) fn schedule(
        &self,
        due: Instant,
        job: Box<dyn ScheduledJob<C>>,
        is_limited: bool,
    ) -> Result<TimeKey, RefusedSchedule<C>> {
        let from_job = chain_of_job(self.id());
        self.schedule
            .add(&self.bounded, due, job, from_job, is_limited)
    }

    /// Takes a scheduled job back; `None` if it was moved into the queue, or taken.
    pub(crate) fn unschedule(&self, key: TimeKey) -> Option<Box<dyn ScheduledJob<C>>> {
        self.schedule.remove(key)
    }

    /// Whether that job is scheduled, and not moved into the queue or taken yet.
    pub(crate) fn is_scheduled(&self, key: TimeKey) -> bool {
        self.schedule.contains(key)
    }

    /// Moves the scheduled jobs that are due into the queue. Returns whether it moved one.
    #[inline]
    pub(crate) fn move_due(&self) -> bool {
        !self.schedule.looks_empty() && self.schedule.move_due(&self.bounded)
    }

    /// When the next scheduled job is due.
    #[inline]
    pub(crate) fn next_due(&self) -> Option<Instant> {
        if self.schedule.looks_empty() {
            return None;
        }
        self.schedule.next_due()
    }

    /// Takes the scheduled jobs in the order of their due times; with `closes`, none is scheduled from now on.
    pub(crate) fn take_scheduled(&self, closes: bool) -> impl Iterator<Item = UnfinishedJob> {
        self.schedule.take_all(closes)
    }

    /// How many jobs are scheduled.
    pub(crate) fn scheduled(&self) -> usize {
        self.schedule.len()
    }

    /// Counts a call that was scheduled since the one before it failed.
    pub(super) fn add_retried(&self) {
        self.retried.fetch_add(1, Ordering::Relaxed);
    }

    /// How many such calls there were.
    pub(crate) fn retried(&self) -> u64 {
        self.retried.load(Ordering::Relaxed)
    }

    pub(crate) fn schedule_capacity(&self) -> usize {
        self.schedule.capacity()
    }

    pub(crate) fn set_schedule_capacity(&self, capacity: usize) {
        self.schedule.set_capacity(capacity);
    }

    /// A place for a job that is to be parked; see `parked`. `None` if the queue is closed.
    pub(crate) fn reserve_parked(&self) -> Option<ParkedJob> {
        self.parked.reserve()
    }

    /// Parks a job, and calls `end_poll`, unless it was woken meanwhile or the queue is closed.
    pub(crate) fn park(
        &self,
        place: ParkedJob,
        job: Box<RunningJob>,
        chain: EventChain,
        end_poll: impl FnOnce(),
    ) -> Result<(), Box<RunningJob>> {
        let parked = self.parked.park(place, (job, chain), end_poll);
        parked.map_err(|(job, _)| job)
    }

    /// The job was not parked.
    pub(crate) fn free_parked(&self, place: ParkedJob) {
        self.parked.free(place);
    }

    /// How many jobs are parked.
    pub(crate) fn parked(&self) -> usize {
        self.parked.len()
    }

    /// If that job is parked, whether it will be resumed before a scheduled call is made, and before one of these emissions
    /// is resumed.
    pub(crate) fn resumes(&self, place: ParkedJob, held_up: &[EmissionId]) -> Option<bool> {
        self.parked
            .get(place, |(job, _)| !job.waits_for_later(held_up))
    }

    /// Whether no parked job will be resumed before a scheduled call is made. Of many jobs only the first ones are asked,
    /// since this is called each time that the queue becomes idle: a flush may then end before a job behind these is resumed.
    pub(crate) fn resumes_none(&self) -> bool {
        self.parked
            .all_of_first(ASKED, |(job, _)| job.waits_for_later(&[]))
    }

    /// Takes the parked jobs; with `closes`, none is parked from now on.
    pub(crate) fn take_parked(&self, closes: bool) -> impl Iterator<Item = UnfinishedJob> + use<C> {
        let parked = self.parked.take_all(closes).into_iter();
        parked.filter_map(|(job, _)| job.stop())
    }

    /// Logs at `warn` the events that are still queued, if there are any, with their topics. A queue that has workers
    /// is logged with the second message.
    pub(crate) fn warn_if_not_empty(&self, without_workers: &str, with_workers: &str) {
        let events = self.len() + self.parked();
        let scheduled = Some(self.scheduled()).filter(|scheduled| *scheduled > 0);
        if events == 0 && scheduled.is_none() {
            return;
        }
        let mut topics = TopicCounts::default();
        self.for_each_lane(|vtable, items| (vtable.count_topics)(&items, &mut topics));
        self.schedule.count_topics(&mut topics);
        self.parked.for_each(|(job, _)| topics.extend(job.topic()));
        let workers = Some(self.attached()).filter(|workers| *workers > 0);
        let message = workers.map_or(without_workers, |_| with_workers);
        catch_record(
            || tracing::warn!(target: "events_core", events, scheduled, %topics, workers, "{message}"),
        );
    }

    /// Drops the queued events; the panic of a destructor is caught.
    pub(crate) fn discard(&self) {
        while let Some(popped) = self.pop() {
            catch_drop::<UnfinishedJob>(|| drop(popped.take_unfinished()));
        }
        self.take_scheduled(true).for_each(drop_catching);
        self.take_parked(true).for_each(drop_catching);
    }
}

impl<C: QueueOwner> JobQueue<C> {
    /// A parked job was woken: it is put back into the queue.
    pub(crate) fn wake_parked(&self, place: ParkedJob) {
        let mut waker = None;
        self.parked.wake(place, |(job, chain)| {
            let item = self.resumed.item(job, chain);
            let vtable = ParkedJobItem::vtable();
            waker = self.bounded.push_due(vtable, item, Some(chain));
        });
        if let Some(waker) = waker {
            self.bounded.wake(waker);
        }
    }

    /// Claims a job that was parked and is to be resumed, and calls `begin_poll`: for a driver that can start no further
    /// job. It was started before, and another job of that driver may wait for what it has.
    pub(crate) fn claim_resumed(
        &self,
        begin_poll: impl FnOnce(),
    ) -> Option<(Box<RunningJob>, EventChain)> {
        self.resumed.claim(begin_poll)
    }
}

impl<C> Deref for JobQueue<C> {
    type Target = BoundedQueue<&'static JobVtable<C>>;

    #[inline(always)]
    fn deref(&self) -> &Self::Target {
        &self.bounded
    }
}
