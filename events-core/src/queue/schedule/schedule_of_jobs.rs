//! The scheduled jobs of a queue, and the clock by which they are due.
//!
//! A driver moves the jobs that are due into the queue: when it is polled, and when it finds the queue empty. A worker
//! that is idle sleeps until the next job is due.
//!
//! Invariants:
//! - A scheduled job is in the timetable, or in the queue, or was taken: it moves from the one to the other under the lock
//!   of the timetable. The inbox of the queue is locked inside, never the other way round.
//! - Once the schedule is closed, no job is in the timetable: a job is added and the schedule is closed under that lock.
//!   So a shutdown that closes it, takes its jobs, and empties the queue afterwards has all jobs.
//! - Each consumer that waits for a push has since then been woken, or sleeps until the next job is due or shorter. It
//!   registers as a waiter of the queue first, and reads the due time of the next job then; a job that becomes the next
//!   one is added first, and wakes all waiters then. So no wake-up is lost, whichever consumers stop, become busy or end.
//! - Without the lock, `looks_empty` may be outdated. A job that is added to an empty timetable becomes the next one,
//!   and wakes; to do that, the inbox is locked, in which waiters have registered before they look.

use std::{
    iter,
    sync::{
        Arc, OnceLock,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Instant,
};

use super::{
    super::{
        bounded::BoundedQueue,
        job::{JobVtable, UnfinishedJob},
        topic_counts::TopicCounts,
    },
    scheduled_job::{DueQueue, ScheduledJob},
};
use crate::{
    context::EventChain,
    primitives::wake_each,
    time::{Clock, TimeKey, Timetable},
};

/// How many jobs are scheduled at most, unless another number is set.
const DEFAULT_CAPACITY: usize = 1 << 20;

/// How many jobs are moved at most before the locks are released.
const MOVED_AT_ONCE: usize = 256;

/// The scheduled jobs of a queue.
pub(in crate::queue) struct Schedule<C: 'static> {
    jobs: Timetable<Entry<C>>,
    capacity: AtomicUsize,
    /// Stored under the lock of the jobs.
    is_closed: AtomicBool,
    clock: OnceLock<Arc<Clock>>,
}

struct Entry<C: 'static> {
    job: Box<dyn ScheduledJob<C>>,
    /// The place of the job in its chain, if a job has scheduled it.
    chain: Option<EventChain>,
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

impl<C> Schedule<C> {
    pub(in crate::queue) const fn new() -> Self {
        Self {
            jobs: Timetable::new(),
            capacity: AtomicUsize::new(DEFAULT_CAPACITY),
            is_closed: AtomicBool::new(false),
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
        self.jobs.lock().len()
    }

    /// Whether no job is scheduled, without a lock.
    #[inline]
    pub(in crate::queue) fn looks_empty(&self) -> bool {
        self.jobs.looks_empty()
    }

    /// Adds a job. `is_limited`: it counts for the capacity.
    pub(in crate::queue) fn add(
        &self,
        queue: &BoundedQueue<&'static JobVtable<C>>,
        due: Instant,
        job: Box<dyn ScheduledJob<C>>,
        from_job: Option<EventChain>,
        is_limited: bool,
    ) -> Result<TimeKey, RefusedSchedule<C>> {
        let refuse = |job, kind| Err(RefusedSchedule { job, kind });
        if from_job.is_none() && !queue.is_open() {
            return refuse(job, ScheduleErrorKind::ShutDown);
        }
        let chain = from_job.map(EventChain::next);
        let mut jobs = self.jobs.lock();
        if self.is_closed.load(Ordering::Relaxed) {
            drop(jobs);
            return refuse(job, ScheduleErrorKind::ShutDown);
        }
        let capacity = self.capacity();
        if is_limited && jobs.len() >= capacity {
            drop(jobs);
            return refuse(job, ScheduleErrorKind::Full { capacity });
        }
        let key = jobs.insert(due, Entry { job, chain });
        let is_next = jobs.is_first(key);
        drop(jobs);
        if is_next {
            queue.wake_all();
        }
        Ok(key)
    }

    /// Takes a job that is not due, or due and not yet moved.
    pub(in crate::queue) fn remove(&self, key: TimeKey) -> Option<Box<dyn ScheduledJob<C>>> {
        let entry = self.jobs.lock().remove(key)?;
        Some(entry.job)
    }

    pub(in crate::queue) fn contains(&self, key: TimeKey) -> bool {
        self.jobs.lock().contains(key)
    }

    /// Moves the jobs that are due into the queue. Returns whether it moved one.
    #[cold]
    #[inline(never)]
    pub(in crate::queue) fn move_due(&self, queue: &BoundedQueue<&'static JobVtable<C>>) -> bool {
        let now = self.clock().now();
        let mut has_moved = false;
        loop {
            let mut due_queue = DueQueue {
                queue,
                chain: None,
                woken: Vec::new(),
            };
            let mut moved = 0;
            let mut jobs = self.jobs.lock();
            while moved < MOVED_AT_ONCE
                && let Some(Entry { job, chain }) = jobs.take_due(now)
            {
                due_queue.chain = chain;
                job.push(&mut due_queue);
                moved += 1;
            }
            drop(jobs);
            has_moved |= moved > 0;
            wake_each(due_queue.woken);
            if moved < MOVED_AT_ONCE {
                return has_moved;
            }
        }
    }

    /// When the next job is due.
    pub(in crate::queue) fn next_due(&self) -> Option<Instant> {
        self.jobs.lock().next_due()
    }

    /// Takes all jobs in the order of their due times; with `closes`, no job is added from now on.
    pub(in crate::queue) fn take_all(&self, closes: bool) -> impl Iterator<Item = UnfinishedJob> {
        let all = {
            let mut jobs = self.jobs.lock();
            if closes {
                self.is_closed.store(true, Ordering::Relaxed);
            }
            jobs.take_all()
        };
        let mut all = all.into_iter();
        let mut take = move || {
            let (key, Entry { job, .. }) = all.next()?;
            let job = job.take();
            Some(job.map(|mut job| {
                job.due = Some(self.clock().to_system(key.due()));
                job
            }))
        };
        iter::from_fn(move || take()).flatten()
    }

    /// Counts the topics of the events.
    pub(in crate::queue) fn count_topics(&self, counts: &mut TopicCounts) {
        let jobs = self.jobs.lock();
        jobs.iter()
            .for_each(|Entry { job, .. }| job.count_topic(counts));
    }
}
