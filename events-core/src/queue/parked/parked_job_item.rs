//! A parked job that was woken, as an item of the queue.

use std::task::{Poll, Waker};

use crate::queue::{
    bounded::LaneItems,
    job::{JobProgress, JobVtable, PoppedJob, QueueOwner, RunningJob, UnfinishedJob},
    topic_counts::TopicCounts,
};

/// A job that was parked and is to be resumed.
pub(in crate::queue) struct ParkedJobItem(pub(in crate::queue) Box<RunningJob>);

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

    fn start<C: QueueOwner>(popped: PoppedJob<'_, C>, owner: &C, waker: &Waker) -> JobProgress {
        let Some(Self(mut running)) = popped.take() else {
            return JobProgress::Empty;
        };
        match running.poll(owner, waker) {
            Poll::Ready(result) => JobProgress::Done(result),
            Poll::Pending => JobProgress::Pending(running),
        }
    }

    fn take<C>(popped: PoppedJob<'_, C>) -> Option<UnfinishedJob> {
        let Self(running) = popped.take()?;
        running.stop()
    }

    fn count_topics(items: &LaneItems<'_>, counts: &mut TopicCounts) {
        for Self(running) in items.iter() {
            if let Some(topic) = running.topic() {
                counts.add(topic);
            }
        }
    }
}
