//! The scheduled jobs of a queue, their number, and the clock by which they are due.

use std::{
    iter,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use super::{
    super::{
        bounded::BoundedQueue,
        job::{JobVtable, UnfinishedJob},
        topic_counts::TopicCounts,
    },
    due_items::{DueItems, NotAdded},
    scheduled_job::{DueQueue, ScheduledJob},
};
use crate::{
    context::EventChain,
    result::Undelivered,
    time::{Clock, TimeKey},
};

/// How many jobs are scheduled at most, unless another number is set.
const DEFAULT_CAPACITY: usize = 1 << 20;

/// The scheduled jobs of a queue.
pub(in crate::queue) struct Schedule<C: 'static> {
    jobs: DueItems<Entry<C>>,
    capacity: AtomicUsize,
    /// How many places of the capacity are reserved.
    reserved: AtomicUsize,
    clock: OnceLock<Arc<Clock>>,
}

struct Entry<C: 'static> {
    job: Box<dyn ScheduledJob<C>>,
    /// The place of the job in its chain, if a job has scheduled it. Most have none: so it is boxed.
    chain: Option<Box<EventChain>>,
}

/// A job that was not scheduled.
pub(crate) struct RefusedSchedule<C: 'static> {
    pub(crate) job: Box<dyn ScheduledJob<C>>,
    pub(crate) kind: ScheduleErrorKind,
}

/// Why a job was not scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScheduleErrorKind {
    /// As many jobs are scheduled as its capacity allows.
    Full { capacity: usize },
    /// The queue is draining or closed.
    ShutDown,
}

impl ScheduleErrorKind {
    /// The reason that is reported.
    pub(crate) fn undelivered(self) -> Undelivered {
        match self {
            Self::Full { capacity } => Undelivered::ScheduleFull { capacity },
            Self::ShutDown => Undelivered::ShutDown,
        }
    }
}

impl<C> Schedule<C> {
    pub(in crate::queue) const fn new() -> Self {
        Self {
            jobs: DueItems::new(),
            capacity: AtomicUsize::new(DEFAULT_CAPACITY),
            reserved: AtomicUsize::new(0),
            clock: OnceLock::new(),
        }
    }

    pub(in crate::queue) fn clock(&self) -> &Arc<Clock> {
        self.clock.get_or_init(|| Arc::new(Clock::new()))
    }

    pub(in crate::queue) fn capacity(&self) -> usize {
        self.capacity.load(Ordering::Relaxed)
    }

    pub(in crate::queue) fn set_capacity(&self, capacity: usize) {
        self.capacity.store(capacity, Ordering::Relaxed);
    }

    pub(in crate::queue) fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Whether no job is scheduled, without a lock.
    #[inline]
    pub(in crate::queue) fn looks_empty(&self) -> bool {
        self.jobs.looks_empty()
    }

    /// Adds a job. `is_limited`: the capacity limits it.
    pub(in crate::queue) fn add(
        &self,
        queue: &BoundedQueue<&'static JobVtable<C>>,
        due: Instant,
        job: Box<dyn ScheduledJob<C>>,
        from_job: Option<EventChain>,
        is_limited: bool,
    ) -> Result<TimeKey, RefusedSchedule<C>> {
        if from_job.is_none() && !queue.is_open() {
            let kind = ScheduleErrorKind::ShutDown;
            return Err(RefusedSchedule { job, kind });
        }
        let chain = from_job.map(|chain| Box::new(chain.next()));
        let capacity = self.capacity();
        let reserved = self.reserved.load(Ordering::Relaxed);
        let limit = is_limited.then_some(capacity.saturating_sub(reserved));
        let added = self.jobs.add(queue, due, Entry { job, chain }, limit);
        added.map_err(|(Entry { job, .. }, why)| RefusedSchedule {
            job,
            kind: match why {
                NotAdded::Full => ScheduleErrorKind::Full { capacity },
                NotAdded::Closed => ScheduleErrorKind::ShutDown,
            },
        })
    }

    /// Reserves places of the capacity, for jobs that are added without a limit when the places are freed. Threads that add
    /// jobs at the same time may exceed the capacity by their number.
    pub(in crate::queue) fn reserve(&self, places: usize) -> Result<(), ScheduleErrorKind> {
        let reserved = self.reserved.fetch_add(places, Ordering::Relaxed) + places;
        let capacity = self.capacity();
        if reserved + self.len() > capacity {
            self.free(places);
            return Err(ScheduleErrorKind::Full { capacity });
        }
        Ok(())
    }

    /// Frees places that were reserved.
    pub(in crate::queue) fn free(&self, places: usize) {
        self.reserved.fetch_sub(places, Ordering::Relaxed);
    }

    /// Takes a job that is not due, or due and not yet moved.
    pub(in crate::queue) fn remove(&self, key: TimeKey) -> Option<Box<dyn ScheduledJob<C>>> {
        let Entry { job, .. } = self.jobs.remove(key)?;
        Some(job)
    }

    pub(in crate::queue) fn contains(&self, key: TimeKey) -> bool {
        self.jobs.contains(key)
    }

    /// Moves the jobs that are due into the queue. Returns whether it moved one.
    #[cold]
    #[inline(never)]
    pub(in crate::queue) fn move_due(&self, queue: &BoundedQueue<&'static JobVtable<C>>) -> bool {
        let now = self.clock().now();
        self.jobs.move_due(now, |Entry { job, chain }, woken| {
            let chain = chain.as_deref().copied();
            job.push(&mut DueQueue {
                queue,
                chain,
                woken,
            });
        })
    }

    /// When the next job is due.
    pub(in crate::queue) fn next_due(&self) -> Option<Instant> {
        self.jobs.next_due()
    }

    /// Takes all jobs in the order of their due times; with `closes`, no job is added from now on.
    pub(in crate::queue) fn take_all(&self, closes: bool) -> impl Iterator<Item = UnfinishedJob> {
        let mut all = self.jobs.take_all(closes);
        let to_system = self.clock().to_system();
        let take = move || {
            let (key, Entry { job, .. }) = all.next()?;
            let job = job.take();
            Some(job.map(|mut job| {
                job.due = Some(to_system(key.due()));
                job
            }))
        };
        iter::from_fn(take).flatten()
    }

    /// Counts the topics of the events.
    pub(in crate::queue) fn count_topics(&self, counts: &mut TopicCounts) {
        self.jobs
            .for_each(|Entry { job, .. }| job.count_topic(counts));
    }
}
