//! Handing an event over to the queue: a copy of it, for the handlers that run later.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::Waker,
};

use super::context::EmitContext;
use crate::{
    background::{BackgroundPlan, DeferredRun, Select},
    context::{CurrentJob, QueueId, emission_id, panic_hook, parent_id},
    handler::{BackgroundCall, EmitOrigin, ErasedEventRef},
    metadata::SubscriberInfo,
    queue::{ClonedEventJob, PushError, PushErrorKind},
    result::{Cause, Failure, Undelivered},
};

/// What became of the handlers that run later.
#[derive(Default)]
pub(crate) struct Deferral {
    /// How many will run out of the queue.
    pub(crate) deferred: usize,
    /// How many ran at once, for the queue was full.
    pub(crate) ran: usize,
}

/// Hands an event over for the handlers of that part of the tail whose filters let it pass.
#[cold]
#[inline(never)]
pub(crate) fn defer(
    tail: &Arc<BackgroundPlan>,
    event: ErasedEventRef<'_>,
    emit_context: EmitContext<'_>,
    part: Select,
    fail: &mut dyn FnMut(Failure),
) -> Deferral {
    let subscriber = |number: usize| &tail.subscribers()[number];
    let source = EmitOrigin::new(emit_context.origin);
    let mut selected = Vec::new();
    for number in (0..tail.len()).filter(|&number| tail.is_in(number, part)) {
        match tail.accepts(number, event, &source) {
            Ok(true) => selected.push(number),
            Ok(false) => {}
            Err(payload) => {
                let cause = Cause::Panic(panic_hook::into_panic(payload));
                fail(Failure::new(Arc::clone(subscriber(number)), cause));
            }
        }
    }
    let Some((&first, others)) = selected.split_first() else {
        return Deferral::default();
    };
    let errand = DeferredRun {
        plan: Arc::clone(tail),
        selected: selected.clone(),
        call: BackgroundCall::new(emit_context.info, emit_context.origin.cloned()),
        id: emission_id(),
    };
    let handler = tail.handler(first);
    let copied = catch_unwind(AssertUnwindSafe(|| handler.copy(event, errand)));
    let trail = match copied {
        Ok(Some(trail)) => trail,
        Ok(None) => return Deferral::default(),
        Err(payload) => {
            let cause = Cause::Panic(panic_hook::into_panic(payload));
            fail(Failure::new(Arc::clone(subscriber(first)), cause));
            for &number in others {
                let cause = Cause::Undelivered(Undelivered::NotCopied);
                fail(Failure::new(Arc::clone(subscriber(number)), cause));
            }
            return Deferral::default();
        }
    };
    match ClonedEventJob::new(trail).push(emit_context.queue) {
        Ok(()) => Deferral {
            deferred: selected.len(),
            ran: 0,
        },
        Err(refused) => run_on_full_queue(refused, fail),
    }
}

/// The queue takes nothing: sync handlers run here and now, async ones are not reached.
fn run_on_full_queue(
    refused: PushError<ClonedEventJob>,
    fail: &mut dyn FnMut(Failure),
) -> Deferral {
    let why = why(&refused.why);
    let mut trail = refused.item.into_trail();
    let mut unreached = |subscriber: Arc<SubscriberInfo>| {
        fail(Failure::new(subscriber, Cause::Undelivered(why)));
    };
    trail
        .as_mut()
        .remove_async()
        .into_iter()
        .for_each(&mut unreached);
    let innermost = CurrentJob::innermost();
    let in_this_emit = CurrentJob {
        queue: innermost.map_or(QueueId::NONE, |job| job.queue),
        parent: parent_id(),
    };
    let inside = in_this_emit.enter();
    let _ = trail.as_mut().poll(Waker::noop());
    drop(inside);
    // One whose calls are limited may have to wait, and nobody would wake it.
    trail.unfinished().into_iter().for_each(unreached);
    let told = trail.as_mut().take_result();
    let ran = told.ran;
    told.into_failures().for_each(fail);
    Deferral { deferred: 0, ran }
}

/// Why the queue took nothing, to be told.
pub(crate) fn why(why: &PushErrorKind) -> Undelivered {
    match *why {
        PushErrorKind::Full { capacity } => Undelivered::QueueFull { capacity },
        PushErrorKind::ShutDown => Undelivered::ShutDown,
    }
}
