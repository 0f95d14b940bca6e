//! The job of a snapshot: the clone of an emitted event, with the background handlers that are to receive
//! it.

use std::{
    pin::Pin,
    task::{Poll, Waker},
    time::Duration,
};

use super::{
    bounded::{LaneItems, PushError},
    job::{JobProgress, JobVtable, PoppedJob, QueueOwner, RunningJob, UnfinishedJob},
    job_context::JobContext,
    job_queue::JobQueue,
    schedule::{DueQueue, RefusedSchedule, ScheduledJob},
    topic_counts::TopicCounts,
};
use crate::{
    background::{CallSchedule, ErasedBackgroundRun},
    primitives::drop_catching,
    result::Undelivered,
    time::TimeKey,
};

/// The snapshot of an emitted event, with the background handlers that are to receive it.
pub(crate) struct ClonedEventJob {
    run: Pin<Box<dyn ErasedBackgroundRun>>,
    context: Option<Box<JobContext>>,
}

impl ClonedEventJob {
    #[inline(always)]
    pub(crate) fn new(run: Pin<Box<dyn ErasedBackgroundRun>>) -> Self {
        let context = JobContext::of_emit();
        Self { run, context }
    }

    const fn vtable<C: QueueOwner>() -> &'static JobVtable<C> {
        const {
            &JobVtable {
                start: Self::start::<C>,
                take: Self::take::<C>,
                count_topics: Self::count_topics,
            }
        }
    }

    #[inline(always)]
    pub(crate) fn push<C: QueueOwner>(self, queue: &JobQueue<C>) -> Result<(), PushError<Self>> {
        queue.push(Self::vtable(), self)
    }

    /// As [`push`](Self::push), into a place that was reserved.
    pub(crate) fn push_reserved<C: QueueOwner>(
        self,
        queue: &JobQueue<C>,
    ) -> Result<(), PushError<Self>> {
        queue.push_reserved(Self::vtable(), self)
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
        for job in items.iter::<Self>() {
            if let Some(topic) = job.run.topic() {
                counts.add(topic);
            }
        }
    }
}

impl<C: QueueOwner> ScheduledJob<C> for ClonedEventJob {
    fn push(self: Box<Self>, queue: &mut DueQueue<'_, C>) {
        queue.push(Self::vtable(), *self);
    }

    fn take(self: Box<Self>) -> Option<UnfinishedJob> {
        RunningJob::of_snapshot(self.run, self.context).stop()
    }

    fn count_topic(&self, counts: &mut TopicCounts) {
        if let Some(topic) = self.run.topic() {
            counts.add(topic);
        }
    }
}

impl<C: QueueOwner> CallSchedule for JobQueue<C> {
    fn schedule(
        &self,
        run: Pin<Box<dyn ErasedBackgroundRun>>,
        delay: Duration,
        is_limited: bool,
    ) -> Result<TimeKey, Undelivered> {
        let due = self.clock().after(delay);
        let job = Box::new(ClonedEventJob::new(run));
        JobQueue::schedule(self, due, job, is_limited).map_err(|RefusedSchedule { job, kind }| {
            drop_catching(job);
            kind.undelivered()
        })
    }

    fn count_repeated(&self) {
        self.add_retried();
    }

    fn unschedule(&self, key: TimeKey) {
        drop_catching(JobQueue::unschedule(self, key));
    }
}
