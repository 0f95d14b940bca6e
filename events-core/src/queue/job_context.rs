//! The context that a job was pushed in: origin, tracing span and parent emission. It is restored while
//! the job runs.

use crate::{
    context::{
        CatchSpan, CurrentJobGuard, EmissionState, EnteredSpan, QueueId, depth, emission_id,
        enter_job, is_traced, parent_id,
    },
    metadata::{EmissionId, Origin},
    policy::{InFailureHook, is_in_failure_hook},
    primitives::OptionBox,
};

/// Until it is dropped, the context of a job is restored.
pub(crate) type JobContextGuard<'c> = (
    Option<InFailureHook>,
    Option<EnteredSpan<'c>>,
    CurrentJobGuard,
);

/// The context that a job was pushed in. Most jobs have an empty one, which is not stored.
pub(crate) struct JobContext {
    pub(crate) origin: Option<Origin>,
    span: CatchSpan,
    /// The emission whose handler pushed the job.
    parent: Option<EmissionId>,
    rare: OptionBox<RareContext>,
}

/// The part of a context that few jobs have.
struct RareContext {
    /// Where and when an enqueued event was emitted, if a subscriber of it takes that.
    emitted: Option<EmissionState>,
    /// Whether a failure hook pushed the job.
    is_of_failure_hook: bool,
}

impl JobContext {
    /// The context of an enqueued event; `None`, which is the usual case, if it would be empty.
    #[inline]
    pub(crate) fn of_enqueued(
        origin: Option<Origin>,
        emitted: Option<EmissionState>,
    ) -> Option<Box<Self>> {
        if origin.is_none()
            && emitted.is_none()
            && depth() == 0
            && !is_traced()
            && !is_in_failure_hook()
        {
            return None;
        }
        Self::of_enqueued_slow(origin, emitted)
    }

    #[cold]
    #[inline(never)]
    fn of_enqueued_slow(
        origin: Option<Origin>,
        emitted: Option<EmissionState>,
    ) -> Option<Box<Self>> {
        let in_emit = depth() > 0;
        Self::new(origin, in_emit.then(emission_id), emitted)
    }

    /// The context of a snapshot, which belongs to the emission in progress; `None` if it would be empty.
    /// The origin of a snapshot is stored with the event.
    #[inline]
    pub(super) fn of_emit() -> Option<Box<Self>> {
        Self::new(None, parent_id(), None)
    }

    fn new(
        origin: Option<Origin>,
        parent: Option<EmissionId>,
        emitted: Option<EmissionState>,
    ) -> Option<Box<Self>> {
        let span = span();
        let is_of_failure_hook = is_in_failure_hook();
        let rare = if emitted.is_some() || is_of_failure_hook {
            OptionBox::from(RareContext {
                emitted,
                is_of_failure_hook,
            })
        } else {
            OptionBox::NONE
        };
        if origin.is_none() && span.is_none() && parent.is_none() && rare.is_none() {
            return None;
        }
        Some(Box::new(Self {
            origin,
            span,
            parent,
            rare,
        }))
    }

    /// Where and when an enqueued event was emitted, if a subscriber of it takes that.
    pub(crate) fn emitted(&self) -> Option<EmissionState> {
        self.rare.get()?.emitted
    }

    /// Restores the context on this thread for a job of that queue, until the guards are dropped.
    pub(crate) fn enter(&self, queue: QueueId) -> JobContextGuard<'_> {
        let job = enter_job(queue, self.parent);
        let is_of_failure_hook = self.rare.get().is_some_and(|rare| rare.is_of_failure_hook);
        let hook = InFailureHook::enter_if(is_of_failure_hook);
        (hook, self.span.enter(), job)
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
