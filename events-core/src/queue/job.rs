//! The jobs of a queue, and how they run.
//!
//! The queue stores jobs of different types and calls them only through their [`JobVtable`]. A job that
//! is suspended continues as a [`RunningJob`]; a job that will not be finished becomes an
//! [`UnfinishedJob`].

use std::{
    any::Any,
    borrow::Cow,
    pin::Pin,
    task::{Poll, Waker},
    time::SystemTime,
};

use super::{
    bounded::{LaneItems, Popped},
    job_context::{JobContext, JobContextGuard},
    topic_counts::TopicCounts,
};
use crate::{
    background::{CallSchedule, ErasedBackgroundRun, UnfinishedHandlers},
    context::{QueueId, enter_job, log},
    event::AnyEvent,
    metadata::{EmissionId, EventInfo, Origin},
    primitives::{CatchDrop, catch_record, one_line},
    result::FailureList,
};

/// The owner of a queue, passed to each job that starts: the core of a registry. This folder needs only the
/// identity of its queue.
pub(crate) trait QueueOwner: 'static {
    /// The identity of its queue.
    fn queue_id(&self) -> QueueId;

    /// Reports an event that no subscriber received.
    fn report_unheard(&self, event: &dyn AnyEvent);

    /// Where calls that are to be made later are scheduled.
    fn call_schedule(&self) -> &dyn CallSchedule;

    /// Failed calls were scheduled, which may keep permits that parked jobs wait for: wakes the flushes, settles and
    /// shutdowns that wait for these jobs.
    fn retries_scheduled(&self);
}

/// The job that was popped; the queue's consumer side stays locked until it is started or taken.
pub(crate) type PoppedJob<'q, C> = Popped<'q, &'static JobVtable<C>>;

/// The operations on a job whose type is erased.
pub(crate) struct JobVtable<C: 'static> {
    /// Runs the job up to its first suspension. The caller has entered a job of the queue.
    pub(crate) start: fn(PoppedJob<'_, C>, &C, &Waker) -> JobProgress,
    /// Takes the job out without running it.
    pub(crate) take: fn(PoppedJob<'_, C>) -> Option<UnfinishedJob>,
    /// Counts queued jobs of this type by the topics of their events.
    pub(crate) count_topics: fn(&LaneItems<'_>, &mut TopicCounts),
}

impl<C> PoppedJob<'_, C> {
    /// Takes the job out of the queue without running it.
    pub(crate) fn take_unfinished(self) -> Option<UnfinishedJob> {
        let (vtable, _) = self.front();
        (vtable.take)(self)
    }
}

/// The state of a job after it was started; small enough to be returned in registers.
pub(crate) enum JobProgress {
    /// There was no job.
    Empty,
    /// All handlers are finished.
    Done(JobResult),
    /// A handler is pending.
    Pending(Box<RunningJob>),
}

/// The result of a finished job.
#[derive(Clone, Copy, Default)]
pub(crate) struct JobResult {
    /// How many handlers failed; each failure is logged already.
    pub(crate) failures: usize,
}

impl JobResult {
    /// Logs the failures and counts them.
    #[inline]
    pub(crate) fn of(failures: FailureList<'_>) -> Self {
        let failures = failures.into_inner();
        if failures.is_none() {
            return Self::default();
        }
        let result = Self {
            failures: failures.len(),
        };
        log::failures(failures);
        result
    }
}

/// A job that did not run to its end.
pub(crate) struct UnfinishedJob {
    pub(crate) info: &'static EventInfo,
    pub(crate) topic: Cow<'static, str>,
    pub(crate) origin: Option<Origin>,
    pub(crate) event: CatchDrop<Box<dyn Any + Send>>,
    /// The subscribers that have not finished; `None` if the event was enqueued and none was started.
    pub(crate) unfinished: Option<UnfinishedHandlers>,
    /// When it was to run, if it was scheduled and not due.
    pub(crate) due: Option<SystemTime>,
    /// The number of the attempt, which is more than 1 if it is the repetition of a failed call.
    pub(crate) attempt: u32,
}

impl UnfinishedJob {
    /// Logs that the job was started and will not be finished. `refused` is the blocking call that ran it, if that was
    /// refused.
    pub(crate) fn log(&self, refused: Option<&str>) {
        let cause = match refused {
            None => "the flush, worker or shutdown that ran it was dropped or stopped".to_owned(),
            Some(call) => format!(
                "{call} was refused, since it would block the thread of a current-thread runtime of tokio"
            ),
        };
        let (cut_off, not_reached) = match &self.unfinished {
            Some(unfinished) => unfinished.split(),
            None => Default::default(),
        };
        catch_record(|| {
            // Not in the macro: with the feature `log` of `tracing`, `log` is a crate there.
            let (cut_off, not_reached) = (log::names(cut_off), log::names(not_reached));
            tracing::error!(
                target: "events_core",
                topic = &*one_line(&self.topic),
                cut_off,
                not_reached,
                "an event is unfinished: {cause}; call Queue::shutdown, which returns the event",
            );
        });
    }
}

impl UnfinishedJob {
    /// Logs that the job was scheduled, and is given up.
    pub(crate) fn log_given_up(&self) {
        let handlers = self.unfinished.iter();
        let subscribers: Vec<_> = handlers
            .flat_map(|handlers| handlers.subscribers.iter().cloned())
            .collect();
        let attempt = Some(self.attempt).filter(|attempt| *attempt > 1);
        catch_record(|| {
            // Not in the macro: with the feature `log` of `tracing`, `log` is a crate there.
            let subscriber = log::names(&subscribers);
            tracing::debug!(
                target: "events_core",
                topic = &*one_line(&self.topic),
                subscriber,
                attempt,
                "a scheduled call of a subscriber was given up: the subscriber was unsubscribed",
            );
        });
    }
}

/// A job that was popped and whose background handlers are running.
pub(crate) struct RunningJob {
    /// `None` when it is finished.
    run: Option<Pin<Box<dyn ErasedBackgroundRun>>>,
    context: Option<Box<JobContext>>,
    /// Whether an event that none of the handlers has received is to be reported.
    reports_unheard: bool,
    result: JobResult,
}

impl RunningJob {
    /// The job of a snapshot: the emit that made it has counted its handlers as reached.
    pub(super) fn of_snapshot(
        run: Pin<Box<dyn ErasedBackgroundRun>>,
        context: Option<Box<JobContext>>,
    ) -> Self {
        Self {
            run: Some(run),
            context,
            reports_unheard: false,
            result: JobResult::default(),
        }
    }

    /// The job of an enqueued event, after the first poll of its run. `before` is the result of the sync handlers;
    /// `is_unheard` is whether none of these has received the event.
    pub(crate) fn of_event(
        run: Pin<Box<dyn ErasedBackgroundRun>>,
        context: Option<Box<JobContext>>,
        before: JobResult,
        is_unheard: bool,
    ) -> Self {
        Self {
            run: Some(run),
            context,
            reports_unheard: is_unheard,
            result: before,
        }
    }

    /// The progress of a job whose run was polled. `is_uncommon` is whether the run has failures, or calls that are to be
    /// made later.
    pub(crate) fn into_progress(
        mut self,
        polled: Poll<()>,
        is_uncommon: bool,
        owner: &impl QueueOwner,
    ) -> JobProgress {
        if let Some(run) = self.run.as_mut().filter(|_| is_uncommon) {
            let _entered = enter_context(self.context.as_deref(), owner.queue_id());
            schedule_next_calls(run.as_mut(), owner);
        }
        match polled {
            Poll::Ready(()) => JobProgress::Done(self.finish(owner)),
            Poll::Pending => JobProgress::Pending(Box::new(self)),
        }
    }

    /// Polls the pending handlers; ready when all handlers are finished.
    pub(crate) fn poll(&mut self, owner: &impl QueueOwner, waker: &Waker) -> Poll<JobResult> {
        let Some(run) = &mut self.run else {
            return Poll::Ready(self.result);
        };
        let entered = enter_context(self.context.as_deref(), owner.queue_id());
        let (polled, is_uncommon) = run.as_mut().poll(waker, owner);
        if is_uncommon {
            schedule_next_calls(run.as_mut(), owner);
        }
        drop(entered);
        polled.map(|()| self.finish(owner))
    }

    // Inlined into both callers: most jobs are finished by their first poll.
    #[inline(always)]
    fn finish(&mut self, owner: &impl QueueOwner) -> JobResult {
        let Some(mut run) = self.run.take() else {
            return self.result;
        };
        if self.reports_unheard {
            let _entered = enter_context(self.context.as_deref(), owner.queue_id());
            run.show_unheard(&mut |event| owner.report_unheard(event));
        }
        // The destructors of failures, of the event, of handlers and of the span run inside the queue, as the handlers do.
        let _job = enter_job(owner.queue_id(), None);
        self.result.failures += run.as_mut().record();
        drop(run);
        self.context = None;
        self.result
    }

    /// The topic of the event; `None` if the event is no longer there.
    pub(super) fn topic(&self) -> Option<Cow<'static, str>> {
        self.run.as_ref()?.topic()
    }

    /// Whether all of its pending handlers wait until they may be called.
    pub(crate) fn is_waiting(&self) -> bool {
        self.run.as_ref().is_some_and(|run| run.is_waiting())
    }

    /// Whether its pending handlers may be called only after a scheduled call, or after one of these emissions is resumed.
    pub(super) fn waits_for_later(&self, held_up: &[EmissionId]) -> bool {
        let mut run = self.run.iter();
        run.any(|run| run.waits_for_later(held_up))
    }

    /// Drops the handlers that have not finished.
    pub(crate) fn stop(self) -> Option<UnfinishedJob> {
        let mut run = self.run?;
        let (info, topic, unfinished) = (run.info()?, run.topic()?, run.unfinished());
        let attempt = run.attempt();
        let (event, origin) = run.as_mut().stop()?;
        Some(UnfinishedJob {
            info,
            topic,
            origin,
            event: CatchDrop::new(event),
            unfinished: Some(unfinished).filter(|handlers| !handlers.is_before_all),
            due: None,
            attempt,
        })
    }
}

/// Schedules the calls that are to be made later, if there are some.
#[cold]
#[inline(never)]
fn schedule_next_calls(run: Pin<&mut dyn ErasedBackgroundRun>, owner: &impl QueueOwner) {
    if run.schedule_next_calls(owner.call_schedule()).repeated > 0 {
        owner.retries_scheduled();
    }
}

/// Restores the context of a job, and enters a job of that queue, until the guards are dropped.
pub(crate) fn enter_context(context: Option<&JobContext>, queue: QueueId) -> JobContextGuard<'_> {
    match context {
        Some(context) => context.enter(queue),
        None => (None, None, enter_job(queue, None)),
    }
}
