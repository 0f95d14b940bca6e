//! The event out of a queue that runs on this thread, if one does: what is emitted or enqueued
//! meanwhile belongs to it.

use std::{cell::Cell, ptr};

use super::{emission::EmissionId, emit_stack};

/// The identity of a queue, for comparison only.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct QueueId(*const ());

impl QueueId {
    /// Equal to the identity of no queue.
    pub(crate) const NONE: Self = Self(ptr::null());

    /// The identity of this queue: its address.
    #[inline]
    pub(crate) fn of<Q>(queue: &Q) -> Self {
        Self(ptr::from_ref(queue).cast())
    }
}

/// An event out of a queue, while it runs.
#[derive(Clone, Copy)]
pub(crate) struct CurrentJob {
    /// The queue that it came from.
    pub(crate) queue: QueueId,
    /// The emission in which it was put there.
    pub(crate) parent: Option<EmissionId>,
}

thread_local! {
    /// The innermost, and how many emits are around it.
    static INNERMOST: Cell<Option<(usize, CurrentJob)>> = const { Cell::new(None) };
}

/// A job is the innermost of this thread until this is dropped.
pub(crate) struct CurrentJobGuard(Option<(usize, CurrentJob)>);

impl CurrentJob {
    pub(crate) fn enter(self) -> CurrentJobGuard {
        CurrentJobGuard(INNERMOST.replace(Some((emit_stack::depth(), self))))
    }

    /// The innermost of this thread.
    pub(crate) fn innermost() -> Option<Self> {
        INNERMOST.get().map(|(_, job)| job)
    }
}

impl Drop for CurrentJobGuard {
    fn drop(&mut self) {
        INNERMOST.set(self.0);
    }
}

/// The emission whose handler emitted the innermost one of this thread, or put it into the queue that
/// it came out of.
pub(crate) fn parent_id() -> Option<EmissionId> {
    match INNERMOST.get() {
        Some((around, job)) if around + 1 == emit_stack::depth() => job.parent,
        _ => emit_stack::thread_parent(),
    }
}
