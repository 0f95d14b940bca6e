//! The snapshot of an event for its background handlers, and the failures when there is none.

use std::{iter, mem, pin::Pin, sync::Arc};

use crate::{
    background::{BackgroundPlan, BackgroundRun, DeferredRun, ErasedBackgroundRun, copy_event},
    context::{emission_state_inlined, failed_emission, panic_hook::catch_panic},
    emit::context::EmitContext,
    event::EventCopy,
    handler::{BackgroundCall, ErasedEventRef},
    result::{Cause, FailedEmission, Failure, Undelivered},
};

/// The emission, for a failure in it.
#[cold]
pub(super) fn failed_in(
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

/// The snapshot for these handlers, which it takes, and how many they are. `None` if there are none, or if `Clone` panics.
pub(super) fn snapshot(
    background: &Arc<BackgroundPlan>,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
    selected: &mut Vec<usize>,
    fail: &mut dyn FnMut(Failure),
) -> Option<(Pin<Box<dyn ErasedBackgroundRun>>, usize)> {
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
    let call = call.counting_waits(background.limits_calls(), || usize::MAX);
    let count = selected.len();
    let mut run = |call| DeferredRun {
        plan: Arc::clone(background),
        selected: mem::take(selected),
        call,
        state: emission_state_inlined(background.takes_emission()),
    };
    if let Some(copy) = copied {
        let run = run(call.with_topic(copy.topic()));
        let run: Pin<Box<dyn ErasedBackgroundRun>> =
            Box::pin(BackgroundRun::of_snapshot(copy, run));
        return Some((run, count));
    }
    let handler = background.handler(first);
    // Taken out by the handler once it has cloned the event.
    let mut deferred = Some(run(call));
    match catch_panic(|| handler.copy(event, &mut deferred)) {
        Ok(snapshot) => Some((snapshot?, count)),
        Err(panic) => {
            let selected = deferred.map_or_else(Vec::new, |deferred| deferred.selected);
            let emission = failed_in(background, event, emit_context);
            report_not_copied(background, &selected, Cause::Panic(panic), &emission, fail);
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
