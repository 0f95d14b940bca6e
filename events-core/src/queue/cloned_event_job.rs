//! The job of a snapshot: the clone of an emitted event, with the background handlers that are to receive
//! it.

use std::{
    pin::Pin,
    task::{Poll, Waker},
};

use super::{
    bounded::{LaneItems, PushError},
    job::{JobProgress, JobVtable, PoppedJob, QueueOwner, RunningJob, UnfinishedJob},
    job_context::JobContext,
    job_queue::JobQueue,
    topic_counts::TopicCounts,
};
use crate::background::ErasedBackgroundRun;

/// The snapshot of an emitted event, with the background handlers that are to receive it.
pub(crate) struct ClonedEventJob {
    run: Pin<Box<dyn ErasedBackgroundRun>>,
    context: Option<Box<JobContext>>,
}

impl ClonedEventJob {
    pub(crate) fn new(run: Pin<Box<dyn ErasedBackgroundRun>>) -> Self {
        let context = JobContext::of_emit();
        Self { run, context }
    }

    pub(crate) fn push<C: QueueOwner>(self, queue: &JobQueue<C>) -> Result<(), PushError<Self>> {
        let vtable = const {
            &JobVtable {
                start: Self::start::<C>,
                take: Self::take::<C>,
                count_topics: Self::count_topics,
            }
        };
        queue.push(vtable, self)
    }

    pub(crate) fn into_run(self) -> Pin<Box<dyn ErasedBackgroundRun>> {
        self.run
    }

    fn start<C: QueueOwner>(popped: PoppedJob<'_, C>, owner: &C, waker: &Waker) -> JobProgress {
        let Some(Self { run, context }) = popped.take() else {
            return JobProgress::Empty;
        };
        let mut running = RunningJob::of_snapshot(run, context);
        match running.poll(owner, waker) {
            Poll::Ready(result) => JobProgress::Done(result),
            Poll::Pending => JobProgress::Pending(Box::new(running)),
        }
    }

    fn take<C>(popped: PoppedJob<'_, C>) -> Option<UnfinishedJob> {
        let Self { run, context } = popped.take()?;
        RunningJob::of_snapshot(run, context).stop()
    }

    fn count_topics(items: &LaneItems<'_>, counts: &mut TopicCounts) {
        for Self { run, .. } in items.iter() {
            if let Some(topic) = run.topic() {
                counts.add(topic);
            }
        }
    }
}
