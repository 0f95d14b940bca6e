//! The context that a job was pushed in: origin, tracing span and parent emission. It is restored while
//! the job runs.

use crate::{
    context::{
        CatchSpan, CurrentJobGuard, EnteredSpan, QueueId, depth, emission_id, enter_job, is_traced,
        parent_id,
    },
    metadata::{EmissionId, Origin},
};

/// The context that a job was pushed in. Most jobs have an empty one, which is not stored.
pub(crate) struct JobContext {
    pub(crate) origin: Option<Origin>,
    span: CatchSpan,
    /// The emission whose handler pushed the job.
    parent: Option<EmissionId>,
}

impl JobContext {
    /// The context of an enqueued event; `None`, which is the usual case, if it would be empty.
    #[inline]
    pub(crate) fn of_enqueued(origin: Option<Origin>) -> Option<Box<Self>> {
        if origin.is_none() && depth() == 0 && !is_traced() {
            return None;
        }
        Self::of_enqueued_slow(origin)
    }

    #[cold]
    #[inline(never)]
    fn of_enqueued_slow(origin: Option<Origin>) -> Option<Box<Self>> {
        let in_emit = depth() > 0;
        Self::new(origin, in_emit.then(emission_id))
    }

    /// The context of a snapshot, which belongs to the emission in progress; `None` if it would be empty.
    /// The origin of a snapshot is stored with the event.
    pub(super) fn of_emit() -> Option<Box<Self>> {
        Self::new(None, parent_id())
    }

    fn new(origin: Option<Origin>, parent: Option<EmissionId>) -> Option<Box<Self>> {
        let span = span();
        if origin.is_none() && span.is_none() && parent.is_none() {
            return None;
        }
        Some(Box::new(Self {
            origin,
            span,
            parent,
        }))
    }

    /// Restores the context on this thread for a job of that queue, until the guards are dropped.
    pub(crate) fn enter(&self, queue: QueueId) -> (Option<EnteredSpan<'_>>, CurrentJobGuard) {
        let job = enter_job(queue, self.parent);
        (self.span.enter(), job)
    }
}

/// The current tracing span, if spans are enabled and there is one.
fn span() -> CatchSpan {
    if is_traced() {
        CatchSpan::current()
    } else {
        CatchSpan::NONE
    }
}
