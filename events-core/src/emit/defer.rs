//! Handing an event over to the queue: a copy of it, for the handlers that run later.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::Waker,
};

use super::context::Sending;
use crate::{
    background::{Errand, Part, Tail},
    context::{Job, QueueId, id as emission_id, panic_hook, parent as parent_id},
    handler::{Call, Lent, Source},
    metadata::SubscriberInfo,
    queue::{Copied, Refused, Why},
    result::{Cause, Failure, Undelivered},
};

/// What became of the handlers that run later.
#[derive(Default)]
pub(crate) struct HandedOver {
    /// How many will run out of the queue.
    pub(crate) deferred: usize,
    /// How many ran at once, for the queue was full.
    pub(crate) ran: usize,
}

/// Hands an event over for the handlers of that part of the tail whose filters let it pass.
#[cold]
#[inline(never)]
pub(crate) fn hand_over(
    tail: &Arc<Tail>,
    event: Lent<'_>,
    sending: Sending<'_>,
    part: Part,
    fail: &mut dyn FnMut(Failure),
) -> HandedOver {
    let subscriber = |number: usize| &tail.subscribers()[number];
    let source = Source::new(sending.origin);
    let mut selected = Vec::new();
    for number in (0..tail.len()).filter(|&number| tail.is_in(number, part)) {
        match tail.wants(number, event, &source) {
            Ok(true) => selected.push(number),
            Ok(false) => {}
            Err(payload) => {
                let cause = Cause::Panic(panic_hook::caught(payload));
                fail(Failure::new(Arc::clone(subscriber(number)), cause));
            }
        }
    }
    let Some((&first, others)) = selected.split_first() else {
        return HandedOver::default();
    };
    let errand = Errand {
        tail: Arc::clone(tail),
        selected: selected.clone(),
        call: Call::new(sending.info, sending.origin.cloned()),
        id: emission_id(),
    };
    let handler = tail.handler(first);
    let copied = catch_unwind(AssertUnwindSafe(|| handler.copy(event, errand)));
    let trail = match copied {
        Ok(Some(trail)) => trail,
        Ok(None) => return HandedOver::default(),
        Err(payload) => {
            let cause = Cause::Panic(panic_hook::caught(payload));
            fail(Failure::new(Arc::clone(subscriber(first)), cause));
            for &number in others {
                let cause = Cause::Undelivered(Undelivered::NotCopied);
                fail(Failure::new(Arc::clone(subscriber(number)), cause));
            }
            return HandedOver::default();
        }
    };
    match Copied::new(trail).push(sending.queue) {
        Ok(()) => HandedOver {
            deferred: selected.len(),
            ran: 0,
        },
        Err(refused) => run_at_once(refused, fail),
    }
}

/// The queue takes nothing: sync handlers run here and now, async ones are not reached.
fn run_at_once(refused: Refused<Copied>, fail: &mut dyn FnMut(Failure)) -> HandedOver {
    let why = why(&refused.why);
    let mut trail = refused.item.into_trail();
    let mut unreached = |subscriber: Arc<SubscriberInfo>| {
        fail(Failure::new(subscriber, Cause::Undelivered(why)));
    };
    trail
        .as_mut()
        .leave_out_async()
        .into_iter()
        .for_each(&mut unreached);
    let innermost = Job::innermost();
    let in_this_emit = Job {
        queue: innermost.map_or(QueueId::NONE, |job| job.queue),
        parent: parent_id(),
    };
    let inside = in_this_emit.enter();
    let _ = trail.as_mut().poll(Waker::noop());
    drop(inside);
    // One whose calls are limited may have to wait, and nobody would wake it.
    trail.unfinished().into_iter().for_each(unreached);
    let told = trail.as_mut().told();
    let ran = told.ran;
    told.into_failures().for_each(fail);
    HandedOver { deferred: 0, ran }
}

/// Why the queue took nothing, to be told.
pub(crate) fn why(why: &Why) -> Undelivered {
    match *why {
        Why::Full { capacity } => Undelivered::QueueFull { capacity },
        Why::ShutDown => Undelivered::ShutDown,
    }
}
