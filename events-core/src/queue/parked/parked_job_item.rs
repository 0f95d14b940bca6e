//! A parked job that was woken, as an item of the queue.
//!
//! A driver that can start no further job takes it out of its item: such a job was started before, and what that driver
//! waits for may depend on it. Then the item is empty.
//!
//! The job is claimed, and the driver begins to poll it, under one lock. So a thread that finds the item empty and checks
//! the driver afterwards finds it polling.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, OnceLock},
    task::{Poll, Waker},
};

use crate::{
    context::EventChain,
    primitives::{drop_catching, sync::lock},
    queue::{
        bounded::LaneItems,
        job::{JobProgress, JobVtable, PoppedJob, QueueOwner, RunningJob, UnfinishedJob},
        topic_counts::TopicCounts,
    },
};

/// A job that was parked and is to be resumed; dropped, it drops the job if that was not claimed.
pub(in crate::queue) struct ParkedJobItem {
    jobs: Arc<Mutex<Jobs>>,
    number: u64,
}

/// The jobs of the items in the queue.
pub(in crate::queue) struct ResumedJobs(OnceLock<Arc<Mutex<Jobs>>>);

/// The jobs that were not claimed, each with its place in a chain of events, by their numbers.
#[derive(Default)]
struct Jobs {
    unclaimed: BTreeMap<u64, (Box<RunningJob>, EventChain)>,
    last_number: u64,
}

impl ResumedJobs {
    pub(in crate::queue) const fn new() -> Self {
        Self(OnceLock::new())
    }

    /// The item of a job.
    pub(in crate::queue) fn item(&self, job: Box<RunningJob>, chain: EventChain) -> ParkedJobItem {
        let jobs = Arc::clone(self.0.get_or_init(Arc::default));
        let number = {
            let mut jobs = lock(&jobs);
            jobs.last_number += 1;
            let number = jobs.last_number;
            jobs.unclaimed.insert(number, (job, chain));
            number
        };
        ParkedJobItem { jobs, number }
    }

    /// Claims the oldest job, and calls `begin_poll`.
    pub(in crate::queue) fn claim(
        &self,
        begin_poll: impl FnOnce(),
    ) -> Option<(Box<RunningJob>, EventChain)> {
        let mut jobs = lock(self.0.get()?);
        let (_, claimed) = jobs.unclaimed.pop_first()?;
        begin_poll();
        Some(claimed)
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

    fn claim(&self) -> Option<Box<RunningJob>> {
        let claimed = lock(&self.jobs).unclaimed.remove(&self.number);
        claimed.map(|(job, _)| job)
    }

    fn start<C: QueueOwner>(popped: PoppedJob<'_, C>, owner: &C, waker: &Waker) -> JobProgress {
        let Some(mut running) = popped.take().and_then(|item: Self| item.claim()) else {
            return JobProgress::Empty;
        };
        match running.poll(owner, waker) {
            Poll::Ready(result) => JobProgress::Done(result),
            Poll::Pending => JobProgress::Pending(running),
        }
    }

    fn take<C>(popped: PoppedJob<'_, C>) -> Option<UnfinishedJob> {
        let item: Self = popped.take()?;
        item.claim()?.stop()
    }

    fn count_topics(items: &LaneItems<'_>, counts: &mut TopicCounts) {
        for Self { jobs, number } in items.iter() {
            let jobs = lock(jobs);
            let unclaimed = jobs.unclaimed.get(number);
            if let Some(topic) = unclaimed.and_then(|(running, _)| running.topic()) {
                counts.add(topic);
            }
        }
    }
}

impl Drop for ParkedJobItem {
    fn drop(&mut self) {
        drop_catching(self.claim());
    }
}
