//! Where a job comes from: origin, span and parent emission, entered while it runs.

use tracing::{Span, span::Entered};

use crate::{
    context::{
        CurrentJob, CurrentJobGuard, EmissionId, QueueId, depth, emission_id, is_traced, parent_id,
    },
    metadata::Origin,
};

/// Where an item comes from.
#[derive(Default)]
pub(crate) struct JobContext {
    pub(crate) origin: Option<Origin>,
    /// The span in which it was put here.
    span: Option<Span>,
    /// The emission in which it was put here.
    parent: Option<EmissionId>,
}

impl JobContext {
    /// Of an event that is enqueued. Most have nothing to say of where they come from.
    #[inline]
    pub(crate) fn of_enqueued(origin: Option<Origin>) -> Option<Box<Self>> {
        if origin.is_none() && depth() == 0 && !is_traced() {
            return None;
        }
        Self::of_noted(origin)
    }

    #[cold]
    #[inline(never)]
    fn of_noted(origin: Option<Origin>) -> Option<Box<Self>> {
        let around = depth() > 0;
        let span = span();
        if origin.is_none() && span.is_none() && !around {
            return None;
        }
        Some(Box::new(Self {
            origin,
            span,
            parent: around.then(emission_id),
        }))
    }

    /// Of a copy: it belongs to the emission that is under way.
    pub(crate) fn of_emit() -> Box<Self> {
        Box::new(Self {
            origin: None,
            span: span(),
            parent: parent_id(),
        })
    }

    /// What runs until this is dropped came from here, out of the queue.
    pub(crate) fn enter(&self, queue: QueueId) -> (Option<Entered<'_>>, CurrentJobGuard) {
        let job = enter(queue, self.parent);
        (self.span.as_ref().map(Span::enter), job)
    }
}

/// The span that the caller is in, when anybody looks at spans.
fn span() -> Option<Span> {
    let traced = is_traced();
    traced.then(Span::current).filter(|span| !span.is_none())
}

/// What runs until this is dropped came out of the queue, and was put there in that emission.
pub(crate) fn enter(queue: QueueId, parent: Option<EmissionId>) -> CurrentJobGuard {
    CurrentJob { queue, parent }.enter()
}

/// Whether this is called by something that runs out of that queue, on this thread.
pub(crate) fn is_inside(queue: QueueId) -> bool {
    CurrentJob::innermost().is_some_and(|job| job.queue == queue)
}
