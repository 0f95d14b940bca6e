//! What waits in a queue, and how it is run: an event that was enqueued (`enqueued`), or the copy of
//! one that was emitted, for those of its handlers that run later.

use std::{
    any::Any,
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{
    bounded_queue::{BoundedQueue, Popped, PushError},
    job_context::{JobContext, enter, is_inside},
};
use crate::{
    background::ErasedBackgroundRun,
    context::{QueueId, log},
    metadata::{EventInfo, Origin, SubscriberInfo},
    result::FailureList,
};

/// What jobs run against: the registry's core, of which this folder needs only the identity of its queue.
pub(crate) trait QueueOwner: 'static {
    /// The identity of its queue.
    fn queue_id(&self) -> QueueId;
}

/// A queue of jobs that run against a `C`.
pub(crate) type JobQueue<C> = BoundedQueue<&'static JobVtable<C>>;

/// The job that was popped; the queue's consumer side stays locked until it is started or taken.
pub(crate) type PoppedJob<'q, C> = Popped<'q, &'static JobVtable<C>>;

/// The operations on a job whose type is erased.
pub(crate) struct JobVtable<C: 'static> {
    /// Runs the job up to its first suspension.
    pub(crate) start: fn(PoppedJob<'_, C>, &C, &Waker) -> JobProgress,
    /// Takes the job out without running it.
    pub(crate) take: fn(PoppedJob<'_, C>) -> Option<UnfinishedJob>,
}

impl<C> PoppedJob<'_, C> {
    /// Runs the job up to its first suspension. The queue has been entered.
    #[inline]
    pub(crate) fn start(self, owner: &C, waker: &Waker) -> JobProgress {
        let handling = self.kind();
        (handling.start)(self, owner, waker)
    }

    /// Takes the job out of the queue without running it.
    pub(crate) fn take_unfinished(self) -> Option<UnfinishedJob> {
        let handling = self.kind();
        (handling.take)(self)
    }
}

/// How far an item came; so small that it stays in registers.
pub(crate) enum JobProgress {
    /// There was none.
    Nothing,
    /// All its handlers are through.
    Done(JobResult),
    /// Some wait.
    Waits(Box<RunningJob>),
}

/// What became of an item.
#[derive(Clone, Copy, Default)]
pub(crate) struct JobResult {
    /// How many handlers failed; each is logged already.
    pub(crate) failures: usize,
}

impl JobResult {
    /// With these failures, which are logged.
    #[inline]
    pub(crate) fn of(failures: FailureList) -> Self {
        let mut failures = failures.into_inner();
        let ended = Self {
            failures: failures.get().map_or(0, Vec::len),
        };
        log::failures(&mut failures);
        ended
    }
}

/// An event that was not run to its end.
pub(crate) struct UnfinishedJob {
    pub(crate) info: &'static EventInfo,
    pub(crate) origin: Option<Origin>,
    pub(crate) event: Box<dyn Any + Send>,
    /// The handlers that are not through; `None` when none was begun, of all handlers.
    pub(crate) unfinished: Option<Vec<Arc<SubscriberInfo>>>,
}

impl UnfinishedJob {
    /// Logs that it was begun and will not be finished, unless somebody does.
    pub(crate) fn record(&self) {
        let unfinished: Vec<_> = self
            .unfinished
            .iter()
            .flatten()
            .map(ToString::to_string)
            .collect();
        tracing::error!(
            target: "events_core",
            topic = self.info.topic(),
            unfinished = unfinished.join(", "),
            "who ran the queue went away in the middle of an event; Queue::shutdown hands it back",
        );
    }
}

/// A copy of an event that was emitted, on its way through handlers that run later.
pub(crate) struct ClonedEventJob {
    trail: Pin<Box<dyn ErasedBackgroundRun>>,
    note: Box<JobContext>,
}

impl ClonedEventJob {
    pub(crate) fn new(trail: Pin<Box<dyn ErasedBackgroundRun>>) -> Self {
        let note = JobContext::of_emit();
        Self { trail, note }
    }

    /// Puts it into the queue.
    pub(crate) fn push<C: QueueOwner>(self, queue: &JobQueue<C>) -> Result<(), PushError<Self>> {
        let handling = const {
            &JobVtable {
                start: Self::start::<C>,
                take: Self::take::<C>,
            }
        };
        push(queue, handling, self)
    }

    pub(crate) fn into_trail(self) -> Pin<Box<dyn ErasedBackgroundRun>> {
        self.trail
    }

    fn start<C: QueueOwner>(popped: PoppedJob<'_, C>, owner: &C, waker: &Waker) -> JobProgress {
        let Some(Self { trail, note }) = popped.take() else {
            return JobProgress::Nothing;
        };
        let mut running = RunningJob::new(trail, Some(note));
        match running.poll(owner.queue_id(), waker) {
            Poll::Ready(ended) => JobProgress::Done(ended),
            Poll::Pending => JobProgress::Waits(Box::new(running)),
        }
    }

    fn take<C>(popped: PoppedJob<'_, C>) -> Option<UnfinishedJob> {
        let Self { trail, note } = popped.take()?;
        RunningJob::new(trail, Some(note)).stop()
    }
}

/// An event out of the queue, of which some handlers wait.
pub(crate) struct RunningJob {
    trail: Pin<Box<dyn ErasedBackgroundRun>>,
    note: Option<Box<JobContext>>,
    ended: JobResult,
}

impl RunningJob {
    pub(crate) fn new(
        trail: Pin<Box<dyn ErasedBackgroundRun>>,
        note: Option<Box<JobContext>>,
    ) -> Self {
        let ended = JobResult::default();
        Self { trail, note, ended }
    }

    /// How far it came, after it was polled a first time, and so much had failed before that.
    pub(crate) fn begun(mut self, polled: Poll<()>, before: JobResult) -> JobProgress {
        self.ended = before;
        match polled {
            Poll::Ready(()) => JobProgress::Done(self.end()),
            Poll::Pending => JobProgress::Waits(Box::new(self)),
        }
    }

    /// Goes on; ready when all handlers are through.
    pub(crate) fn poll(&mut self, queue: QueueId, waker: &Waker) -> Poll<JobResult> {
        let inside = match &self.note {
            Some(note) => note.enter(queue),
            None => (None, enter(queue, None)),
        };
        let polled = self.trail.as_mut().poll(waker);
        drop(inside);
        polled.map(|()| self.end())
    }

    fn end(&mut self) -> JobResult {
        let failures = self.trail.as_mut().take_result().into_failures();
        for failure in failures {
            self.ended.failures += 1;
            log::failure(failure);
        }
        self.ended
    }

    /// Drops the handlers that wait.
    pub(crate) fn stop(mut self) -> Option<UnfinishedJob> {
        let (info, unfinished) = (self.trail.info()?, self.trail.unfinished());
        let (event, origin) = self.trail.as_mut().stop()?;
        Some(UnfinishedJob {
            info,
            origin,
            event,
            unfinished: Some(unfinished),
        })
    }
}

pub(crate) fn push<C, T: Send + 'static>(
    queue: &JobQueue<C>,
    handling: &'static JobVtable<C>,
    item: T,
) -> Result<(), PushError<T>> {
    queue.push(handling, item, is_inside(QueueId::of(queue))).inspect_err(|refused| {
        if refused.unattended {
            tracing::warn!(
                target: "events_core",
                capacity = queue.capacity(),
                "the queue is full, and nothing empties it; call registry().queue().flush() now and \
                 then, or have a worker do it: registry().queue().spawn_thread()",
            );
        }
    })
}
