//! An event that a unit has held, as a job of the queue: one with awaited subscribers, which a commit does not wait for.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker},
};

use super::{plan_source::source_of, room::JobRoom};
use crate::{
    background::{BackgroundRun, ChainEvent, HeldEvent, RunEvent, Select},
    context::{EmissionState, EmitGuard, NamedTopicGuard, depth},
    emit::{
        context::EmitContext,
        defer::{defer_into, undelivered},
        dispatch::run_chain,
    },
    handler::BackgroundCall,
    metadata::{Origin, UnitPhase},
    plan::{EventType, Plan},
    primitives::CatchDrop,
    queue::{
        JobContext, JobProgress, JobResult, JobVtable, LaneItems, Places, PoppedJob, QueueOwner,
        RunningJob, TopicCounts, UnfinishedJob, enter_context,
    },
    registry::{Core, EventQueue},
    result::{EmitStats, FailureList, Undelivered},
};

/// An event that a unit has held.
pub(super) struct HeldJob {
    pub(super) event: HeldEvent,
    pub(super) event_type: EventType,
    pub(super) about: About,
    /// The phase of the unit whose subscribers receive it.
    pub(super) phase: UnitPhase,
    /// Room in the schedule, for subscribers with a delay.
    pub(super) room: JobRoom,
}

/// What belongs to an emission beside its event.
pub(in crate::emit) struct About {
    /// The topic of a named event.
    pub(in crate::emit) topic: Option<Arc<str>>,
    pub(in crate::emit) origin: Option<Origin>,
    pub(in crate::emit) state: EmissionState,
    /// The parent and the span.
    pub(in crate::emit) context: Option<Box<JobContext>>,
}

static VTABLE: JobVtable<Core> = JobVtable {
    start,
    take,
    count_topics,
};

impl HeldJob {
    /// Pushes the job, into a place that was reserved if there is one.
    pub(super) fn push(
        self,
        queue: &EventQueue,
        is_reserved: bool,
    ) -> Result<(), Box<(Self, Undelivered)>> {
        let pushed = if is_reserved {
            queue.push_reserved(&VTABLE, self)
        } else {
            queue.push(&VTABLE, self)
        };
        pushed.map_err(|refused| Box::new((refused.item, undelivered(&refused.kind))))
    }

    fn into_unfinished(self) -> UnfinishedJob {
        UnfinishedJob {
            info: self.event_type.info,
            topic: self.event.topic_text(),
            origin: self.about.origin,
            event: CatchDrop::new(RunEvent::into_any(self.event)),
            unfinished: None,
            due: None,
            attempt: 1,
        }
    }
}

fn take(popped: PoppedJob<'_, Core>) -> Option<UnfinishedJob> {
    popped.take::<HeldJob>().map(HeldJob::into_unfinished)
}

fn count_topics(items: &LaneItems<'_>, counts: &mut TopicCounts) {
    for job in items.iter::<HeldJob>() {
        counts.add(job.event.topic_text());
    }
}

fn start(popped: PoppedJob<'_, Core>, core: &Core, waker: &Waker) -> JobProgress {
    let Some(job) = popped.take::<HeldJob>() else {
        return JobProgress::Empty;
    };
    let HeldJob {
        event,
        event_type,
        about,
        phase,
        mut room,
    } = job;
    let named = about.topic.as_ref();
    let _topic = named.map(|topic| NamedTopicGuard::enter(depth(), topic));
    let entered = enter_context(about.context.as_deref(), core.queue_id());
    let source = source_of(core, about.topic.as_deref(), event_type);
    let mut run = None;
    let mut event = Some(event);
    let before = source.and_then(|source| {
        source.with_plan(phase, |plan| {
            let guard = EmitGuard::reenter(event_type.info, about.state)?;
            let failures = FailureList::new();
            let started = event.take().map(|event| {
                start_plan(
                    core,
                    event,
                    &about,
                    plan,
                    &guard,
                    &failures,
                    &mut room.places,
                    waker,
                    event_type,
                )
            });
            run = started;
            Some(JobResult::of(failures))
        })
    });
    drop(event);
    drop(entered);
    let before = before.flatten().unwrap_or_default();
    match run {
        None => JobProgress::Done(before),
        Some((run, polled)) => {
            let is_uncommon = run.is_uncommon();
            let job = RunningJob::of_event(run, about.context, before, false);
            job.into_progress(polled, is_uncommon, core)
        }
    }
}

/// The run of an event, and the result of its first poll.
type StartedRun = (Pin<Box<BackgroundRun<HeldEvent>>>, Poll<()>);

/// Runs the chain up to the first awaited handler that is pending; if there is none, starts the background handlers. An
/// awaited handler may have been removed meanwhile.
#[expect(clippy::too_many_arguments, reason = "what an emission consists of")]
fn start_plan(
    core: &Core,
    event: HeldEvent,
    about: &About,
    plan: &Plan,
    guard: &EmitGuard,
    failures: &FailureList<'_>,
    room: &mut Places,
    waker: &Waker,
    event_type: EventType,
) -> StartedRun {
    let mut call = BackgroundCall::new(event_type.info, about.origin.clone());
    if let Some(topic) = &about.topic {
        call = call.with_topic(topic);
    }
    let background = plan.background();
    let limits_calls = background.is_some_and(|plan| plan.limits_calls());
    let call = call.counting_waits(limits_calls, || core.queue().capacity());
    let mut run = Box::pin(BackgroundRun::new(event, call, about.state.site));
    if plan.takes_emission() {
        guard.take_time();
    }
    let emit_context = context(core, event_type, about);
    let stats = match plan.background().filter(|plan| plan.has_awaited()) {
        None => run_sync(run.as_mut(), plan, emit_context, failures),
        Some(background) => match run.as_mut().begin_chain(background, failures, waker) {
            Poll::Ready(stats) => stats,
            Poll::Pending => {
                run.as_mut().store_state(guard);
                return (run, Poll::Pending);
            }
        },
    };
    run.as_mut().store_state(guard);
    let background = plan.background().filter(|plan| plan.len() > 0);
    let Some(background) = background.filter(|_| stats.stopped_by.is_none()) else {
        return (run, Poll::Ready(()));
    };
    let mut select = Select::All;
    if background.has_delayed()
        && let Some(event) = run.event().and_then(RunEvent::erased)
    {
        let mut fail = |failure| failures.push(failure);
        defer_into(
            room,
            background,
            event,
            emit_context,
            Select::Delayed,
            None,
            &mut fail,
        );
        select = Select::NotDelayed;
    }
    let polled = run.as_mut().begin(background, select, guard, waker);
    (run, polled)
}

/// Runs a chain without awaited handlers.
fn run_sync(
    run: Pin<&mut BackgroundRun<HeldEvent>>,
    plan: &Plan,
    emit_context: EmitContext<'_>,
    failures: &FailureList<'_>,
) -> EmitStats {
    match run.event_mut().and_then(ChainEvent::erase) {
        Some(mut event) => {
            run_chain(plan, &mut event, emit_context.origin, Some(failures)).into_stats()
        }
        None => EmitStats::default(),
    }
}

fn context<'c>(core: &'c Core, event_type: EventType, about: &'c About) -> EmitContext<'c> {
    EmitContext {
        info: event_type.info,
        origin: about.origin.as_ref(),
        emit_limits: core.emit_limits(),
        queue: core.queue(),
        site: about.state.site,
    }
}
