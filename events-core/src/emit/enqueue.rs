//! Events that were enqueued, on their way into the queue and out of it.

use std::{
    pin::Pin,
    task::{Poll, Waker},
};

use super::{
    context::{CallSite, EmitContext},
    defer::why,
    dispatch,
    run_all::{self, RunReport},
};
use crate::{
    background::{BackgroundRun, ErasedBackgroundRun, Select},
    context::{EmitGuard, log},
    event::{OwnedEvent, TypedView},
    handler::{BackgroundCall, ErasedEvent},
    metadata::Origin,
    plan::Plan,
    queue::{
        JobContext, JobProgress, JobResult, JobVtable, PoppedJob, PushError, QueueOwner,
        RunningJob, UnfinishedJob, push,
    },
    registry::{Core, EmitVerb, EventQueue},
    result::{EmitStats, FailureList, QueueFull},
};

/// An event, and where it comes from. Most have nothing to say of that, and wait as they are.
struct WithContext<E> {
    event: E,
    note: Box<JobContext>,
}

impl Core {
    /// Puts an event into the queue.
    #[inline]
    pub(crate) fn enqueue<E: OwnedEvent + Send>(
        &self,
        mut event: E,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Result<(), QueueFull<E>> {
        if self.withholds(&mut event, origin.as_ref(), site, EmitVerb::Enqueue) {
            return Ok(());
        }
        enqueue(self.queue(), event, origin)
    }
}

/// Puts an event into the queue.
#[inline]
fn enqueue<E: OwnedEvent + Send>(
    queue: &EventQueue,
    event: E,
    origin: Option<Origin>,
) -> Result<(), QueueFull<E>> {
    match JobContext::of_enqueued(origin) {
        None => {
            let handling: &JobVtable<Core> = const {
                &JobVtable {
                    start: start::<E>,
                    take: take::<E>,
                }
            };
            push(queue, handling, event).map_err(|refused| full(refused, |event| event))
        }
        Some(note) => enqueue_with_context(queue, WithContext { event, note }),
    }
}

#[cold]
#[inline(never)]
fn enqueue_with_context<E: OwnedEvent + Send>(
    queue: &EventQueue,
    noted: WithContext<E>,
) -> Result<(), QueueFull<E>> {
    let handling: &JobVtable<Core> = const {
        &JobVtable {
            start: start_with_context::<E>,
            take: take_with_context::<E>,
        }
    };
    push(queue, handling, noted).map_err(|refused| full(refused, |noted| noted.event))
}

#[cold]
fn full<T, E: OwnedEvent>(refused: PushError<T>, event: impl FnOnce(T) -> E) -> QueueFull<E> {
    QueueFull::new(event(refused.item), E::topic(), why(&refused.kind))
}

fn start<E: OwnedEvent + Send>(
    popped: PoppedJob<'_, Core>,
    core: &Core,
    waker: &Waker,
) -> JobProgress {
    let Some(mut event) = popped.take() else {
        return JobProgress::Empty;
    };
    let failures = FailureList::new();
    let plain = core.slot_with_patterns::<E>().is_some_and(|slot| {
        let event = ErasedEvent::new::<E>(&mut event);
        dispatch::emit_fast(slot, event, core.emit_context::<E>(None), &failures)
    });
    if plain {
        return JobProgress::Done(JobResult::of(failures));
    }
    start_all(event, None, core, waker)
}

fn start_with_context<E: OwnedEvent + Send>(
    popped: PoppedJob<'_, Core>,
    core: &Core,
    waker: &Waker,
) -> JobProgress {
    match popped.take() {
        Some(WithContext { event, note }) => start_all::<E>(event, Some(note), core, waker),
        None => JobProgress::Empty,
    }
}

fn take<E: OwnedEvent + Send>(popped: PoppedJob<'_, Core>) -> Option<UnfinishedJob> {
    Some(left::<E>(popped.take()?, None))
}

fn take_with_context<E: OwnedEvent + Send>(popped: PoppedJob<'_, Core>) -> Option<UnfinishedJob> {
    let WithContext { event, note } = popped.take()?;
    Some(left::<E>(event, note.origin))
}

fn left<E: OwnedEvent + Send>(event: E, origin: Option<Origin>) -> UnfinishedJob {
    UnfinishedJob {
        info: E::info(),
        origin,
        event: Box::new(event),
        unfinished: None,
    }
}

/// Runs an event up to where it has to wait, with all that may be to it.
#[inline(never)]
fn start_all<E: OwnedEvent + Send>(
    event: E,
    note: Option<Box<JobContext>>,
    core: &Core,
    waker: &Waker,
) -> JobProgress {
    let inside = note.as_ref().map(|note| note.enter(core.queue_id()));
    let origin = note.as_ref().and_then(|note| note.origin.as_ref());
    let emit_context = core.emit_context::<E>(origin);
    let mut event = Some(event);
    let failures = FailureList::new();
    let mut begun = None;
    let mut heard = false;
    let slot = core.slot_with_patterns::<E>();
    let refused = dispatch::with_guard(slot, emit_context, |plan, level| {
        if plan.tail().is_some() {
            let trail = |event| trail(event, plan, level, emit_context, &failures, waker);
            begun = event.take().map(trail);
        } else if let Some(event) = &mut event {
            let event = &mut ErasedEvent::new::<E>(event);
            heard = !dispatch::chain(plan, event, emit_context, Some(&failures)).is_unheard();
        }
    });
    if let Some(event) = event.as_ref().filter(|_| !heard && refused.is_ok()) {
        let emit_limits = core.emit_limits();
        if emit_limits.is_hooked() {
            emit_limits.call_unheard_hook(&TypedView { event, origin });
        }
    }
    drop(inside);

    if let Err(refusal) = refused {
        log::refusal(&refusal);
    }
    let ended = JobResult::of(failures);
    match begun {
        None => JobProgress::Done(ended),
        Some((trail, polled)) => RunningJob::new(trail, note).into_progress(polled, ended),
    }
}

/// Runs the chain, and begins the handlers that run later.
#[inline(never)]
fn trail<E: OwnedEvent + Send>(
    event: E,
    plan: &Plan,
    level: &EmitGuard,
    emit_context: EmitContext<'_>,
    failures: &FailureList,
    waker: &Waker,
) -> (Pin<Box<dyn ErasedBackgroundRun>>, Poll<()>) {
    let call = BackgroundCall::new(E::info(), emit_context.origin.cloned());
    let mut trail = Box::pin(BackgroundRun::new(event, call));
    let pinned = trail.as_mut();
    let told = &mut EmitStats::default();
    let last = &mut None;
    let telling = RunReport {
        told,
        failures,
        last,
    };
    let polled = run_all::begin(
        pinned,
        plan,
        level,
        emit_context,
        Select::All,
        telling,
        waker,
    );
    (trail, polled)
}
