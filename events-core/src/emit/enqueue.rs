//! Enqueued events: pushing them into the queue, and running them when they are popped.
//!
//! Most enqueued events have no context: no origin, no span and no parent emission. They are stored
//! without one, and run on the fast path if possible. A popped event runs up to its first suspension;
//! then it is a running job, polled by the driver: the poll loop of a flush, a worker or a shutdown.

use std::{
    panic::Location,
    pin::Pin,
    task::{Poll, Waker},
};

use super::{
    context::{CallSite, EmitContext},
    defer::undelivered,
    dispatch,
    later::can_wait::check_can_wait,
    run_all::{AllSelected, Start, run_all},
    wrapped::start_wrapped,
};
use crate::{
    background::{BackgroundRun, Select},
    context::{EmissionState, EmitGuard, EmitTime, UNKNOWN_SITE},
    event::{OwnedEvent, TypedView, topic_text},
    handler::{BackgroundCall, ErasedEvent},
    metadata::{EmitVerb, IntoKey, Origin},
    plan::{Plan, Slot},
    primitives::{CatchDrop, clear_catching, drop_catching},
    queue::{
        DueQueue, JobContext, JobProgress, JobResult, JobVtable, LaneItems, PoppedJob, PushError,
        QueueOwner, RunningJob, TopicCounts, UnfinishedJob,
    },
    registry::{Core, EventQueue, Registry},
    result::{EmitStats, FailureList, QueueFull},
    unit::is_in_unit,
};

impl Registry {
    /// Puts the event into this registry's queue, and returns at once; see
    /// [`Event::enqueue`](crate::Event::enqueue).
    ///
    /// # Errors
    ///
    /// When the queue is full or shut down; the event is in the error.
    #[inline]
    #[track_caller]
    pub fn enqueue<E: OwnedEvent + Send>(&self, event: E) -> Result<(), QueueFull<E>> {
        self.core().enqueue(event, None, Location::caller())
    }

    /// [`enqueue`](Self::enqueue) with an origin.
    ///
    /// # Errors
    ///
    /// As `enqueue`.
    #[track_caller]
    pub fn enqueue_from<E: OwnedEvent + Send, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> Result<(), QueueFull<E>> {
        let origin = Some(origin.into_key().into());
        self.core().enqueue(event, origin, Location::caller())
    }
}

/// An event that is to be put into the queue.
pub(super) struct Enqueued<E> {
    pub(super) event: E,
    pub(super) context: Option<Box<JobContext>>,
}

/// An event with an origin, a span or a parent emission.
struct WithContext<E> {
    event: E,
    context: Box<JobContext>,
}

/// An event in the queue, with its context if it has one.
trait Queued {
    type Event: OwnedEvent;

    fn event(&self) -> &Self::Event;
}

impl<E: OwnedEvent> Queued for E {
    type Event = E;

    fn event(&self) -> &E {
        self
    }
}

impl<E: OwnedEvent> Queued for WithContext<E> {
    type Event = E;

    fn event(&self) -> &E {
        &self.event
    }
}

impl Core {
    /// Puts an event into the queue, unless the interceptor withholds it.
    #[inline]
    pub(crate) fn enqueue<E: OwnedEvent + Send>(
        &self,
        mut event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Result<(), QueueFull<E>> {
        const { check_can_wait::<E>() };
        let origin = origin.or_else(E::__default_origin);
        let mut emitted = None;
        if self.observes_enqueue() {
            if self.withholds(&mut event, origin.as_ref(), site, EmitVerb::Enqueue) {
                drop_catching(event);
                return Ok(());
            }
            self.warn_if_enqueued_unscanned();
            emitted = self.emitted::<E>(&event, site);
        }
        if is_in_unit() {
            return self.enqueue_in_unit(event, origin, emitted);
        }
        let context = JobContext::of_enqueued(origin, emitted);
        Enqueued { event, context }.push(self.queue())
    }

    /// Where and when an event is enqueued, if a subscriber of it takes that with its `&Emission`.
    #[cold]
    #[inline(never)]
    pub(super) fn emitted<E: OwnedEvent>(
        &self,
        event: &E,
        site: CallSite,
    ) -> Option<EmissionState> {
        let takes_emission = |slot: &Slot| slot.with_plan(Plan::takes_emission);
        let is_taken = self.may_take_emission()
            && (event.__own_topic().is_some()
                || self.slot_with_patterns::<E>().and_then(takes_emission) == Some(true));
        is_taken.then(|| EmissionState {
            time: Some(EmitTime::now()),
            ..EmissionState::new(site)
        })
    }
}

#[cold]
#[inline(never)]
fn enqueue_with_context<E: OwnedEvent + Send>(
    queue: &EventQueue,
    item: WithContext<E>,
) -> Result<(), QueueFull<E>> {
    queue
        .push(vtable_with_context::<E>(), item)
        .map_err(|refused| queue_full(refused, |item| item.event))
}

/// Puts an event into the queue that was scheduled and is due. No user code runs here.
pub(super) fn push_due<E: OwnedEvent + Send>(
    queue: &mut DueQueue<'_, Core>,
    enqueued: Enqueued<E>,
) {
    let Enqueued { event, context } = enqueued;
    match context {
        None => queue.push(vtable::<E>(), event),
        Some(context) => queue.push(vtable_with_context::<E>(), WithContext { event, context }),
    }
}

impl<E: OwnedEvent + Send> Enqueued<E> {
    // Inlined: else the event is copied, and the result is returned in memory.
    #[inline(always)]
    pub(super) fn push(self, queue: &EventQueue) -> Result<(), QueueFull<E>> {
        let Self { event, context } = self;
        match context {
            None => queue
                .push(vtable::<E>(), event)
                .map_err(|refused| queue_full(refused, |event| event)),
            Some(context) => enqueue_with_context(queue, WithContext { event, context }),
        }
    }

    /// As [`push`](Self::push), for callers that few emits reach.
    #[cold]
    #[inline(never)]
    pub(super) fn push_outlined(self, queue: &EventQueue) -> Result<(), QueueFull<E>> {
        self.push(queue)
    }

    /// As [`push`](Self::push), into a place that was reserved.
    pub(super) fn push_reserved(self, queue: &EventQueue) -> Result<(), QueueFull<E>> {
        let Self { event, context } = self;
        match context {
            None => queue
                .push_reserved(vtable::<E>(), event)
                .map_err(|refused| queue_full(refused, |event| event)),
            Some(context) => queue
                .push_reserved(vtable_with_context::<E>(), WithContext { event, context })
                .map_err(|refused| queue_full(refused, |item| item.event)),
        }
    }

    /// The event, which is not to run.
    pub(super) fn into_unfinished(self) -> UnfinishedJob {
        let origin = self.context.and_then(|context| context.origin);
        unfinished::<E>(self.event, origin)
    }
}

const fn vtable<E: OwnedEvent + Send>() -> &'static JobVtable<Core> {
    const {
        &JobVtable {
            start: start::<E>,
            take: take::<E>,
            count_topics: count_topics::<E>,
        }
    }
}

const fn vtable_with_context<E: OwnedEvent + Send>() -> &'static JobVtable<Core> {
    const {
        &JobVtable {
            start: start_with_context::<E>,
            take: take_with_context::<E>,
            count_topics: count_topics::<WithContext<E>>,
        }
    }
}

#[cold]
fn queue_full<T, E: OwnedEvent>(refused: PushError<T>, event: impl FnOnce(T) -> E) -> QueueFull<E> {
    let event = event(refused.item);
    let topic = topic_text(&event);
    QueueFull::new(event, topic, undelivered(&refused.kind))
}

fn start<E: OwnedEvent + Send>(
    popped: PoppedJob<'_, Core>,
    core: &Core,
    waker: &Waker,
) -> JobProgress {
    let mut popped: Option<E> = popped.take();
    let Some(event) = &mut popped else {
        return JobProgress::Empty;
    };
    if event.__own_topic().is_none() {
        let done = core.slot_with_patterns::<E>().and_then(|slot| {
            let event = ErasedEvent::new::<E>(event);
            dispatch::emit_fast(slot, event, core.emit_context::<E>(None, UNKNOWN_SITE))
        });
        if let Some(result) = done {
            clear_catching(&mut popped);
            return JobProgress::Done(result);
        }
    }
    start_all(popped, None, core, waker)
}

fn start_with_context<E: OwnedEvent + Send>(
    popped: PoppedJob<'_, Core>,
    core: &Core,
    waker: &Waker,
) -> JobProgress {
    match popped.take() {
        Some(WithContext { event, context }) => {
            start_all::<E>(Some(event), Some(context), core, waker)
        }
        None => JobProgress::Empty,
    }
}

fn take<E: OwnedEvent + Send>(popped: PoppedJob<'_, Core>) -> Option<UnfinishedJob> {
    Some(unfinished::<E>(popped.take()?, None))
}

fn take_with_context<E: OwnedEvent + Send>(popped: PoppedJob<'_, Core>) -> Option<UnfinishedJob> {
    let WithContext { event, context } = popped.take()?;
    Some(unfinished::<E>(event, context.origin))
}

/// Counts queued events, by the topic of each if they are named events.
fn count_topics<T: Queued + 'static>(items: &LaneItems<'_>, counts: &mut TopicCounts) {
    for item in items.iter::<T>() {
        counts.add(topic_text(item.event()));
    }
}

/// An event that was popped and not started.
fn unfinished<E: OwnedEvent + Send>(event: E, origin: Option<Origin>) -> UnfinishedJob {
    UnfinishedJob {
        info: E::info(),
        topic: topic_text(&event),
        origin,
        event: CatchDrop::new(event.__into_any()),
        unfinished: None,
        due: None,
        attempt: 1,
    }
}

/// Runs an event on the slow path, up to its first suspension.
#[inline(never)]
fn start_all<E: OwnedEvent + Send>(
    mut event: Option<E>,
    context: Option<Box<JobContext>>,
    core: &Core,
    waker: &Waker,
) -> JobProgress {
    if let Some(middlewares) = core.emit_middlewares()
        && let Some(event) = event.take()
    {
        return start_wrapped(event, context, middlewares, core, waker);
    }
    let job_guard = context
        .as_ref()
        .map(|context| context.enter(core.queue_id()));
    let origin = context.as_ref().and_then(|context| context.origin.as_ref());
    let emitted = context.as_ref().and_then(|context| context.emitted());
    let site = emitted.map_or(UNKNOWN_SITE, |emitted| emitted.site);
    let emit_context = core.emit_context::<E>(origin, site);
    let mut background_run = None;
    let mut is_received = false;
    let own_topic = event
        .as_ref()
        .and_then(|event| event.__own_topic().cloned());
    let before = core.with_job_plan::<E, _>(own_topic.as_deref(), |plan, guard| {
        let failures = FailureList::new();
        if let Some(emitted) = emitted {
            guard.set_emitted(emitted.site, emitted.time);
        }
        if plan.background().is_some() {
            let start = |event| start_plan(event, plan, guard, emit_context, &failures, waker);
            background_run = event.take().map(start);
        } else if let Some(event) = &mut event {
            let event = &mut ErasedEvent::new::<E>(event);
            is_received = !dispatch::run_chain(plan, event, emit_context.origin, Some(&failures))
                .is_unheard();
        }
        JobResult::of(failures)
    });
    // With background handlers the event is in their run, whose job reports it.
    if let Some(event) = event.as_ref().filter(|_| !is_received) {
        let emit_limits = core.emit_limits();
        emit_limits.report_unheard(&TypedView { event, origin });
    }
    clear_catching(&mut event);
    drop(job_guard);

    let before = before.unwrap_or_default();
    match background_run {
        None => JobProgress::Done(before),
        Some(Started { run, polled, stats }) => {
            let is_uncommon = run.is_uncommon();
            // One that no handler has received when all are complete, unless calls are scheduled now.
            let may_be_unheard = polled.is_pending() || is_uncommon || run.is_unheard();
            let is_unheard = stats.is_unheard() && may_be_unheard;
            let job = RunningJob::of_event(run, context, before, is_unheard);
            job.into_progress(polled, is_uncommon, core)
        }
    }
}

/// The run of an event from the queue, after its first poll.
struct Started<E> {
    run: Pin<Box<BackgroundRun<E>>>,
    polled: Poll<()>,
    /// What the sync handlers did.
    stats: EmitStats,
}

/// Runs the chain, and starts the background handlers.
#[inline(never)]
fn start_plan<E: OwnedEvent + Send>(
    event: E,
    plan: &Plan,
    guard: &EmitGuard,
    emit_context: EmitContext<'_>,
    failures: &FailureList<'_>,
    waker: &Waker,
) -> Started<E> {
    let call = BackgroundCall::of(&event, emit_context.origin.cloned());
    let background = plan.background();
    let limits_calls = background.is_some_and(|plan| plan.limits_calls());
    let call = call.counting_waits(limits_calls, || emit_context.queue.capacity());
    let mut run = Box::pin(BackgroundRun::new(event, call, emit_context.site));
    let mut stats = EmitStats::default();
    let start = Start {
        guard,
        emit_context,
        select: Select::All,
        waker,
        stats: &mut stats,
        failures,
        last: &mut AllSelected,
    };
    let polled = run_all(run.as_mut(), plan, start);
    Started { run, polled, stats }
}
