//! The queue job that runs on this thread, if any.
//!
//! A *job* is an event from a queue, with the handlers that receive it. Its handlers run in an emission
//! whose parent is stored in the job, not in the stack of emits. Jobs nest: a handler can flush a queue.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
    mem::{self, ManuallyDrop},
    ptr,
};

use super::{
    emission::{Emission, EmissionState, OwnSubscription},
    emit_stack,
    event_chain::EventChain,
};
use crate::{
    metadata::{EmissionId, Origin},
    result::FailedEmission,
};

/// The identity of a queue, for comparison only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueId(*const ());

impl QueueId {
    /// The identity of a queue is its address.
    #[inline]
    pub(crate) fn of<Q>(queue: &Q) -> Self {
        Self(ptr::from_ref(queue).cast())
    }
}

/// A job in progress.
#[derive(Clone, Copy)]
struct CurrentJob {
    /// The queue that stored it.
    queue: QueueId,
    /// The parent of its emission. For an enqueued event: the emission in which it was enqueued. For a
    /// snapshot: the parent of the emission that made the snapshot.
    parent: Option<EmissionId>,
}

thread_local! {
    /// The innermost job of this thread, and how many emits were in progress when it began.
    static INNERMOST: Cell<Option<(usize, CurrentJob)>> = const { Cell::new(None) };

    /// The place of the innermost job in its chain.
    static CHAIN: Cell<EventChain> = const { Cell::new(EventChain::NONE) };

    /// The queues of the jobs around the innermost one, with the chains of these jobs. Consecutive jobs of one queue
    /// are counted once, so this is empty unless jobs of several queues nest.
    ///
    /// It has no destructor, so that it can be used in those of other thread-locals. It owns no memory while
    /// it is empty.
    static OUTER_QUEUES: RefCell<ManuallyDrop<Vec<(QueueId, EventChain)>>> =
        const { RefCell::new(ManuallyDrop::new(Vec::new())) };
}

/// Until this is dropped, a job is the innermost one of this thread.
pub(crate) struct CurrentJobGuard {
    outer: Option<(usize, CurrentJob)>,
    outer_chain: EventChain,
    /// Whether the queue of the outer job is in `OUTER_QUEUES`.
    is_of_other_queue: bool,
}

/// Marks this thread as running a job of that queue, with that parent of its emission, until the guard is
/// dropped. The job has the place in a chain of the innermost job, if that is of the same queue, until another one is
/// [set](set_chain).
pub(crate) fn enter_job(queue: QueueId, parent: Option<EmissionId>) -> CurrentJobGuard {
    let job = CurrentJob { queue, parent };
    let outer = INNERMOST.replace(Some((emit_stack::depth(), job)));
    let other = outer.filter(|(_, outer)| outer.queue != queue);
    let outer_chain = CHAIN.get();
    if let Some((_, other)) = other {
        OUTER_QUEUES.with_borrow_mut(|queues| queues.push((other.queue, outer_chain)));
        CHAIN.set(EventChain::NONE);
    }
    CurrentJobGuard {
        outer,
        outer_chain,
        is_of_other_queue: other.is_some(),
    }
}

/// Sets the place of the innermost job in its chain, until the guard of that job is dropped.
#[inline]
pub(crate) fn set_chain(chain: EventChain) {
    CHAIN.set(chain);
}

/// The place in its chain of the innermost job of that queue that this thread is running; `None` if there is none.
pub(crate) fn chain_of_job(queue: QueueId) -> Option<EventChain> {
    let (_, innermost) = INNERMOST.get()?;
    if innermost.queue == queue {
        return Some(CHAIN.get());
    }
    let outer = |queues: &ManuallyDrop<Vec<_>>| {
        let mut queues = queues.iter().rev();
        queues
            .find(|(outer, _)| *outer == queue)
            .map(|(_, chain)| *chain)
    };
    OUTER_QUEUES.with_borrow(outer)
}

/// Whether this thread is running a job of any queue.
pub(crate) fn is_in_job() -> bool {
    INNERMOST.get().is_some()
}

/// Whether this thread is running a job of that queue, be it inside a job of another queue or around one.
pub(crate) fn is_in_job_of(queue: QueueId) -> bool {
    chain_of_job(queue).is_some()
}

impl Drop for CurrentJobGuard {
    fn drop(&mut self) {
        INNERMOST.set(self.outer);
        CHAIN.set(self.outer_chain);
        if self.is_of_other_queue {
            OUTER_QUEUES.with_borrow_mut(|queues| {
                queues.pop();
                if queues.is_empty() {
                    drop(mem::take(&mut **queues));
                }
            });
        }
    }
}

/// Whether the innermost emission of this thread is that of the innermost job, not one that its handlers emit.
pub(super) fn is_run_of_job() -> bool {
    INNERMOST
        .get()
        .is_some_and(|(outer_depth, _)| outer_depth + 1 == emit_stack::depth())
}

/// The parent of the innermost emission of this thread: from the job, if that emission is the one of
/// the innermost job, otherwise the emission around it on this thread.
pub(crate) fn parent_id() -> Option<EmissionId> {
    match INNERMOST.get() {
        Some((outer_depth, job)) if outer_depth + 1 == emit_stack::depth() => job.parent,
        _ => emit_stack::thread_parent(),
    }
}

/// The innermost emission of this thread, for a handler that has it as a parameter.
#[inline]
pub(crate) fn current_emission(
    topic: Cow<'static, str>,
    origin: Option<Origin>,
    attempt: u32,
    own: OwnSubscription,
) -> Emission {
    let state = emit_stack::emission_state(false);
    Emission::new(topic, origin, state, parent_id(), attempt, own)
}

/// The innermost emission of this thread, for the failure of a subscriber in it.
#[cold]
pub(crate) fn failed_emission(topic: Cow<'static, str>, origin: Option<&Origin>) -> FailedEmission {
    let state = emit_stack::emission_state_inlined(false);
    let (id, site) = (state.id, state.known_site());
    FailedEmission::new(topic, origin.cloned(), id, parent_id(), site)
}

/// An emission that this thread has not entered, for a failure in it. It has the parent that it would have here.
#[cold]
pub(crate) fn failed_emission_outside(
    topic: Cow<'static, str>,
    origin: Option<&Origin>,
    state: EmissionState,
) -> FailedEmission {
    let parent = match INNERMOST.get() {
        Some((outer_depth, job)) if outer_depth == emit_stack::depth() => job.parent,
        _ => emit_stack::innermost(),
    };
    let id = state.id.unwrap_or_else(EmissionId::new);
    FailedEmission::new(topic, origin.cloned(), Some(id), parent, state.known_site())
}
