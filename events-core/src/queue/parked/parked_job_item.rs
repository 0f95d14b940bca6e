//! A parked job that was woken, as an item of the queue.
//!
//! A driver that can start no further job takes it out of its item: such a job was started before, and what that driver
//! waits for may depend on it. Then the item is empty.
//!
//! The job is claimed, and the driver begins to poll it, under the lock of the item. So a thread that finds the item empty
//! and checks the driver afterwards finds it polling.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, Weak},
    task::{Poll, Waker},
};

use crate::{
    context::EventChain,
    primitives::sync::lock,
    queue::{
        bounded::LaneItems,
        job::{JobProgress, JobVtable, PoppedJob, QueueOwner, RunningJob, UnfinishedJob},
        topic_counts::TopicCounts,
    },
};

/// A job with its place in a chain of events, until it is claimed.
type Claimable = Mutex<Option<(Box<RunningJob>, EventChain)>>;

/// A job that was parked and is to be resumed.
pub(in crate::queue) struct ParkedJobItem(Arc<Claimable>);

/// The jobs of the items in the queue that were not claimed, the oldest first.
pub(in crate::queue) struct ResumedJobs(Mutex<VecDeque<Weak<Claimable>>>);

impl ResumedJobs {
    pub(in crate::queue) const fn new() -> Self {
        Self(Mutex::new(VecDeque::new()))
    }

    /// The item of a job.
    pub(in crate::queue) fn item(&self, job: Box<RunningJob>, chain: EventChain) -> ParkedJobItem {
        let job = Arc::new(Mutex::new(Some((job, chain))));
        let mut jobs = lock(&self.0);
        while jobs.front().is_some_and(|job| job.strong_count() == 0) {
            jobs.pop_front();
        }
        jobs.push_back(Arc::downgrade(&job));
        ParkedJobItem(job)
    }

    /// Claims the oldest job, and calls `begin_poll`.
    pub(in crate::queue) fn claim(
        &self,
        begin_poll: impl FnOnce(),
    ) -> Option<(Box<RunningJob>, EventChain)> {
        let mut jobs = lock(&self.0);
        while let Some(job) = jobs.pop_front() {
            if let Some(job) = job.upgrade()
                && let Some(claimed) = lock(&job).take()
            {
                begin_poll();
                return Some(claimed);
            }
        }
        None
    }
}

impl ParkedJobItem {
    pub(in crate::queue) const fn vtable<C: QueueOwner>() -> &'static JobVtable<C> {
        const {
            &JobVtable {
                start: Self::start::<C>,
                take: Self::take::<C>,
                count_topics: Self::count_topics,
            }
        }
    }

    fn claim(self) -> Option<Box<RunningJob>> {
        lock(&self.0).take().map(|(job, _)| job)
    }

    fn start<C: QueueOwner>(popped: PoppedJob<'_, C>, owner: &C, waker: &Waker) -> JobProgress {
        let Some(mut running) = popped.take().and_then(Self::claim) else {
            return JobProgress::Empty;
        };
        match running.poll(owner, waker) {
            Poll::Ready(result) => JobProgress::Done(result),
            Poll::Pending => JobProgress::Pending(running),
        }
    }

    fn take<C>(popped: PoppedJob<'_, C>) -> Option<UnfinishedJob> {
        popped.take().and_then(Self::claim)?.stop()
    }

    fn count_topics(items: &LaneItems<'_>, counts: &mut TopicCounts) {
        for Self(job) in items.iter() {
            let job = lock(job);
            if let Some(topic) = job.as_ref().and_then(|(running, _)| running.topic()) {
                counts.add(topic);
            }
        }
    }
}
