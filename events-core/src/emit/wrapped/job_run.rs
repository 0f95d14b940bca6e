//! An event from the queue with middleware around its emission. It runs as a job whose first poll calls the middleware.

use std::{
    any::Any,
    borrow::Cow,
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{async_run::begin, start_job::StartJob};
use crate::{
    background::{
        BackgroundResult, BackgroundRun, CallSchedule, ErasedBackgroundRun, NextCalls,
        UnfinishedHandlers,
    },
    context::{EmissionState, UNKNOWN_SITE, log},
    emit::context::EmitContext,
    event::{AnyEvent, OwnedEvent},
    handler::BackgroundCall,
    metadata::{EmissionId, EventInfo, Origin, SubscriberInfo},
    policy::{EmitCounts, EmitMiddleware, EmitRest, Entries, WrappedEmit},
    primitives::drop_each,
    queue::{JobContext, JobProgress, JobResult, QueueOwner, RunningJob},
    registry::Core,
    result::{EmitStats, FailedEmission},
};

/// The run of an event from the queue, with middleware around it.
struct WrappedRun {
    run: Pin<Box<dyn StartJob>>,
    /// `None` before the first poll, and at the end.
    wrapped: Option<WrappedEmit>,
    middlewares: Option<Entries<dyn EmitMiddleware>>,
    /// Where and when the event was enqueued, if that is known.
    emitted: Option<EmissionState>,
    progress: Progress,
}

#[derive(Default)]
struct Progress {
    is_started: bool,
    /// Whether a middleware has withheld the event or cut off the handlers.
    is_withheld: bool,
    is_done: bool,
    stats: EmitStats,
    /// The failures that are logged.
    failures: usize,
}

/// Starts the job of an event, with middleware around its emission.
#[cold]
#[inline(never)]
pub(in crate::emit) fn start_wrapped<E: OwnedEvent + Send>(
    event: E,
    mut context: Option<Box<JobContext>>,
    middlewares: Entries<dyn EmitMiddleware>,
    core: &Core,
    waker: &Waker,
) -> JobProgress {
    let emitted = context.as_ref().and_then(|context| context.emitted());
    let site = emitted.map_or(UNKNOWN_SITE, |emitted| emitted.site);
    let origin = context.as_mut().and_then(|context| context.origin.take());
    let call = BackgroundCall::of(&event, origin).counting_waits(true, || core.queue().capacity());
    let run = Box::pin(BackgroundRun::new(event, call, site));
    start(run, emitted, context, middlewares, core, waker)
}

fn start(
    run: Pin<Box<dyn StartJob>>,
    emitted: Option<EmissionState>,
    context: Option<Box<JobContext>>,
    middlewares: Entries<dyn EmitMiddleware>,
    core: &Core,
    waker: &Waker,
) -> JobProgress {
    let run = Box::pin(WrappedRun {
        run,
        wrapped: None,
        middlewares: Some(middlewares),
        emitted,
        progress: Progress::default(),
    });
    let mut job = RunningJob::of_event(run, context, JobResult::default(), true);
    match job.poll(core, waker) {
        Poll::Ready(result) => JobProgress::Done(result),
        Poll::Pending => JobProgress::Pending(Box::new(job)),
    }
}

impl WrappedRun {
    fn poll_with(&mut self, core: &Core, waker: &Waker) -> Poll<()> {
        let origin = self.run.origin();
        let site = self.emitted.map_or(UNKNOWN_SITE, |emitted| emitted.site);
        let emit_context = self.run.emit_context(core, origin.as_ref(), site);
        if let Some(middlewares) = self.middlewares.take() {
            let own_topic = self.run.own_topic();
            let of_queue = Some(self.emitted);
            let begun = begin(
                core,
                middlewares,
                emit_context,
                own_topic.as_deref(),
                of_queue,
            );
            self.wrapped = begun.ok().map(|(wrapped, _)| wrapped);
        }
        let Some(wrapped) = &mut self.wrapped else {
            return Poll::Ready(());
        };
        let mut rest = Rest {
            run: self.run.as_mut(),
            progress: &mut self.progress,
            state: wrapped.state(),
            emit_context,
            core,
        };
        let Poll::Ready(failures) = wrapped.poll(waker, &mut rest) else {
            return Poll::Pending;
        };
        self.progress.failures += failures.len();
        failures.into_iter().for_each(log::failure);
        self.progress.is_withheld |= !wrapped.is_called();
        self.progress.is_done = true;
        self.wrapped = None;
        Poll::Ready(())
    }
}

/// The handlers of an event from the queue.
struct Rest<'p> {
    run: Pin<&'p mut dyn StartJob>,
    progress: &'p mut Progress,
    state: EmissionState,
    emit_context: EmitContext<'p>,
    core: &'p Core,
}

impl Rest<'_> {
    fn counts(&self) -> EmitCounts {
        let failed = self.progress.failures + self.run.failed();
        EmitCounts::of(&self.progress.stats, failed).with_ran(self.run.ran())
    }
}

impl EmitRest for Rest<'_> {
    fn poll(&mut self, waker: &Waker) -> Poll<EmitCounts> {
        let queue = self.core.queue();
        let polled = if self.progress.is_started {
            self.run.as_mut().poll(waker, self.core).0
        } else {
            self.progress.is_started = true;
            let run = self.run.as_mut();
            let started = run.start(self.core, self.emit_context, self.state, waker);
            self.progress.stats = started.stats;
            self.progress.failures += started.failures;
            started.polled
        };
        let next_calls = self.run.as_mut().schedule_next_calls(queue);
        self.progress.stats.add_retrying(next_calls.repeated);
        self.progress.stats.deferred += next_calls.deferred;
        if next_calls.repeated > 0 {
            self.core.retries_scheduled();
        }
        polled.map(|()| self.counts())
    }

    fn cut_off(&mut self) -> EmitCounts {
        self.progress.is_withheld = true;
        let unfinished = self.run.unfinished();
        let topic = self.run.topic().unwrap_or(Cow::Borrowed(""));
        let of_chain = self.run.as_mut().abandon();
        self.progress.stats.ran += of_chain.ran;
        let (cut_off, not_reached) = unfinished.split();
        log::cut_off_by_middleware(&topic, cut_off, not_reached);
        self.counts()
    }
}

impl ErasedBackgroundRun for WrappedRun {
    fn poll(self: Pin<&mut Self>, waker: &Waker, owner: &dyn Any) -> (Poll<()>, bool) {
        let this = self.get_mut();
        match owner.downcast_ref() {
            Some(core) => (this.poll_with(core, waker), false),
            None => this.run.as_mut().poll(waker, owner),
        }
    }

    fn poll_in_emission(self: Pin<&mut Self>, waker: &Waker) -> Poll<()> {
        self.get_mut().run.as_mut().poll_in_emission(waker)
    }

    fn record_outcomes(self: Pin<&mut Self>) {
        self.get_mut().run.as_mut().record_outcomes();
    }

    fn schedule_next_calls(self: Pin<&mut Self>, schedule: &dyn CallSchedule) -> NextCalls {
        self.get_mut().run.as_mut().schedule_next_calls(schedule)
    }

    fn is_waiting(&self) -> bool {
        self.run.is_waiting()
    }

    fn waits_for_later(&self, held_up: &[EmissionId]) -> bool {
        self.run.waits_for_later(held_up)
    }

    fn attempt(&self) -> u32 {
        self.run.attempt()
    }

    fn take_result(self: Pin<&mut Self>) -> BackgroundResult {
        self.get_mut().run.as_mut().take_result()
    }

    fn record(self: Pin<&mut Self>) -> usize {
        let this = self.get_mut();
        this.progress.failures + this.run.as_mut().record()
    }

    fn show_unheard(&self, f: &mut dyn FnMut(&dyn AnyEvent)) {
        let progress = &self.progress;
        if progress.is_done && !progress.is_withheld && progress.stats.is_unheard() {
            self.run.show_unheard(f);
        }
    }

    fn remove_async(self: Pin<&mut Self>) -> Vec<Arc<SubscriberInfo>> {
        self.get_mut().run.as_mut().remove_async()
    }

    fn unfinished(&self) -> UnfinishedHandlers {
        if self.progress.is_started {
            self.run.unfinished()
        } else {
            UnfinishedHandlers::before_all()
        }
    }

    fn stop(self: Pin<&mut Self>) -> Option<(Box<dyn Any + Send>, Option<Origin>)> {
        let this = self.get_mut();
        let stopped = this.run.as_mut().stop();
        drop_each(this.wrapped.take());
        stopped
    }

    fn info(&self) -> Option<&'static EventInfo> {
        self.run.info()
    }

    fn failed_emission(&self) -> FailedEmission {
        self.run.failed_emission()
    }

    fn topic(&self) -> Option<Cow<'static, str>> {
        self.run.topic()
    }
}
