//! Deferring: makes a snapshot of an event for its background handlers, pushes it and handles a rejected
//! push, but does not store it, which `queue/job_queue.rs` does.
//!
//! The filters of these handlers are evaluated first, on the emitter's thread; without a handler whose
//! filters pass there is no snapshot. When the queue does not accept the snapshot, its deferred handlers
//! run at once, in the emit, and its async ones are reported as not reached: no emit waits for the
//! queue.

use std::{iter, pin::Pin, sync::Arc, task::Waker};

use super::context::EmitContext;
use crate::{
    background::{
        BackgroundPlan, BackgroundRun, DeferredRun, ErasedBackgroundRun, Select, copy_event,
    },
    context::{emission_id, failed_emission, panic_hook::catch_panic},
    event::EventCopy,
    handler::{BackgroundCall, EmitOrigin, ErasedEventRef},
    metadata::SubscriberInfo,
    queue::{ClonedEventJob, PushError, PushErrorKind},
    result::{Cause, EmitStats, FailedEmission, Failure, Undelivered},
};

/// How many background handlers were queued, and how many ran at once.
#[derive(Default)]
pub(super) struct Deferral {
    /// How many will run from the queue.
    deferred: u32,
    /// How many ran at once, since the queue was full or shut down.
    ran: usize,
    /// Whether the event does not reach one of them, which is a failure.
    is_unreached: bool,
}

impl Deferral {
    pub(super) fn add_to(self, stats: &mut EmitStats) {
        stats.deferred += self.deferred;
        stats.ran += self.ran;
        stats.unreached |= u32::from(self.is_unreached);
    }
}

/// Queues a snapshot of an event for those of the selected background handlers whose filters pass.
#[cold]
#[inline(never)]
pub(super) fn defer(
    background: &Arc<BackgroundPlan>,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
    select: Select,
    fail: &mut dyn FnMut(Failure),
) -> Deferral {
    let (mut is_unreached, mut panicked) = (false, 0);
    let mut fail_before = |failure: Failure| {
        is_unreached = true;
        panicked += usize::from(failure.cause().is_from_call());
        fail(failure);
    };
    let mut selected = select_accepting(background, event, emit_context, select, &mut fail_before);
    let snapshot = snapshot(
        background,
        event,
        emit_context,
        &mut selected,
        &mut fail_before,
    );
    let mut deferral = Deferral::default();
    if let Some(snapshot) = snapshot {
        match ClonedEventJob::new(snapshot).push(emit_context.queue) {
            Ok(()) => deferral.deferred = u32::try_from(selected.len()).unwrap_or(u32::MAX),
            Err(refused) => {
                let mut fail = |failure| {
                    is_unreached = true;
                    fail(failure);
                };
                deferral.ran = run_on_full_queue(background, refused, &mut fail);
            }
        }
    }
    // A condition or a `Clone` that panics counts as a run, as a condition of a sync handler does.
    deferral.ran += panicked;
    deferral.is_unreached = is_unreached;
    deferral
}

/// The selected handlers whose filters accept the event.
fn select_accepting(
    background: &BackgroundPlan,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
    select: Select,
    fail: &mut dyn FnMut(Failure),
) -> Vec<usize> {
    let origin = EmitOrigin::new(emit_context.origin);
    let mut selected = Vec::new();
    for index in (0..background.len()).filter(|&index| background.is_in(index, select)) {
        match background.accepts(index, event, &origin) {
            Ok(true) => selected.push(index),
            Ok(false) => {}
            Err(panic) => {
                let subscriber = Arc::clone(&background.subscribers()[index]);
                let emission = failed_in(background, event, emit_context);
                fail(
                    background
                        .policy
                        .fail(subscriber, Cause::Panic(panic), emission),
                );
            }
        }
    }
    selected
}

/// The emission, for a failure in it.
#[cold]
fn failed_in(
    background: &BackgroundPlan,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
) -> FailedEmission {
    let mut topic = emit_context.info.topic().into();
    if let Some(view) = background.view() {
        view(event, emit_context.origin, &mut |event| {
            if event.topic() != emit_context.info.topic() {
                topic = event.topic().to_owned().into();
            }
        });
    }
    failed_emission(topic, emit_context.origin)
}

/// The snapshot for these handlers. `None` if there are none, or if `Clone` panics.
fn snapshot(
    background: &Arc<BackgroundPlan>,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
    selected: &mut Vec<usize>,
    fail: &mut dyn FnMut(Failure),
) -> Option<Pin<Box<dyn ErasedBackgroundRun>>> {
    let copied = match shared_copy(background, event, emit_context, selected, fail) {
        Ok(copied) => copied,
        Err(cause) => {
            let emission = failed_in(background, event, emit_context);
            report_not_copied(background, selected, cause, &emission, fail);
            return None;
        }
    };
    let &first = selected.first()?;
    let call = BackgroundCall::new(emit_context.info, emit_context.origin.cloned());
    let run = |call| DeferredRun {
        plan: Arc::clone(background),
        selected: selected.clone(),
        call,
        id: emission_id(),
    };
    if let Some(copy) = copied {
        let run = run(call.with_topic(copy.topic()));
        return Some(Box::pin(BackgroundRun::of_snapshot(copy, run)));
    }
    let handler = background.handler(first);
    match catch_panic(|| handler.copy(event, run(call))) {
        Ok(snapshot) => snapshot,
        Err(panic) => {
            let emission = failed_in(background, event, emit_context);
            report_not_copied(background, selected, Cause::Panic(panic), &emission, fail);
            None
        }
    }
}

/// The copy of the event for all of these handlers, if some take a copy; the others read the event in it. If the event
/// cannot be copied, those that take a copy are removed. An error if `Clone` panics.
fn shared_copy(
    background: &BackgroundPlan,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
    selected: &mut Vec<usize>,
    fail: &mut dyn FnMut(Failure),
) -> Result<Option<EventCopy>, Cause> {
    let takes_copy = |index: usize| background.handler(index).takes_copy();
    let Some(view) = background.view() else {
        return Ok(None);
    };
    if !selected.iter().any(|&index| takes_copy(index)) {
        return Ok(None);
    }
    match copy_event(event, emit_context.origin, view) {
        Ok(copy) => Ok(Some(copy)),
        Err(Cause::NoCopy(why)) => {
            for index in selected.extract_if(.., |index| takes_copy(*index)) {
                let subscriber = Arc::clone(&background.subscribers()[index]);
                let emission = failed_in(background, event, emit_context);
                fail(
                    background
                        .policy
                        .fail(subscriber, Cause::NoCopy(why.clone()), emission),
                );
            }
            Ok(None)
        }
        Err(cause) => Err(cause),
    }
}

/// Reports to each handler that the event was not copied: `cause` for the first.
fn report_not_copied(
    background: &BackgroundPlan,
    selected: &[usize],
    cause: Cause,
    emission: &FailedEmission,
    fail: &mut dyn FnMut(Failure),
) {
    let causes = iter::once(cause).chain(iter::repeat_with(|| {
        Cause::Undelivered(Undelivered::NotCopied)
    }));
    for (&index, cause) in selected.iter().zip(causes) {
        fail(background.policy.fail(
            Arc::clone(&background.subscribers()[index]),
            cause,
            emission.clone(),
        ));
    }
}

/// The queue did not accept the snapshot: the deferred handlers run here, and the async ones are
/// reported as not reached. Returns how many ran.
fn run_on_full_queue(
    background: &BackgroundPlan,
    refused: PushError<ClonedEventJob>,
    fail: &mut dyn FnMut(Failure),
) -> usize {
    let reason = undelivered(&refused.kind);
    let mut run = refused.item.into_run();
    let emission = run.failed_emission();
    let mut report_unreached = |subscriber: Arc<SubscriberInfo>| {
        let cause = Cause::Undelivered(reason);
        fail(background.policy.fail(subscriber, cause, emission.clone()));
    };
    run.as_mut()
        .remove_async()
        .into_iter()
        .for_each(&mut report_unreached);
    let _ = run.as_mut().poll_in_emission(Waker::noop());
    // A handler with a concurrency limit may be pending. Nothing would poll it again.
    let unfinished = run.unfinished().subscribers;
    unfinished.into_iter().for_each(report_unreached);
    let result = run.as_mut().take_result();
    let ran = result.ran;
    result.into_failures().for_each(fail);
    ran
}

/// The reason that is reported for an event that the queue did not accept.
pub(super) fn undelivered(kind: &PushErrorKind) -> Undelivered {
    match *kind {
        PushErrorKind::Full { capacity } => Undelivered::QueueFull { capacity },
        PushErrorKind::ShutDown => Undelivered::ShutDown,
    }
}
