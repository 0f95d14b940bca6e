//! An event on its way through a whole plan, on the task of whoever polls: first the chain, then the
//! tail.

use std::{pin::Pin, sync::Arc, task::Poll, task::Waker};

use super::{context::EmitContext, defer::defer, dispatch};
use crate::{
    background::{BackgroundPlan, BackgroundRun, Select},
    context::EmitGuard,
    event::{Event, Family, Visit},
    handler::{ErasedEvent, ErasedEventRef},
    plan::Plan,
    result::{EmitStats, FailureList},
};

/// Where it is told what became of the event in the chain.
pub(crate) struct RunReport<'a> {
    pub(crate) told: &'a mut EmitStats,
    pub(crate) failures: &'a FailureList,
    /// The tail of which a deferred handler waits for an async one, and the others with it: they go to
    /// the queue at the end.
    pub(crate) last: &'a mut Option<Arc<BackgroundPlan>>,
}

/// Runs the chain, tells of it, and begins that part of the tail; what is deferred and not in it goes
/// to the queue.
pub(crate) fn begin<E: Event>(
    mut trailing: Pin<&mut BackgroundRun<E>>,
    plan: &Plan,
    level: &EmitGuard,
    emit_context: EmitContext<'_>,
    part: Select,
    telling: RunReport<'_>,
    waker: &Waker,
) -> Poll<()> {
    let RunReport {
        told,
        failures,
        last,
    } = telling;
    let Some(event) = trailing.as_mut().event_mut() else {
        return Poll::Ready(());
    };
    if plan.len() > 0 {
        *told = event.__lend(Chain {
            plan,
            emit_context,
            failures,
        });
    }
    let Some(tail) = plan.tail().filter(|_| told.stopped_by.is_none()) else {
        return Poll::Ready(());
    };
    if part == Select::Async
        && tail.has_deferred()
        && let Some(event) = event.__owned()
    {
        if tail.has_deferred_after_async() {
            *last = Some(Arc::clone(tail));
        } else {
            let mut fail = |failure| failures.push(failure);
            let handed = defer(
                tail,
                ErasedEventRef::of(event),
                emit_context,
                Select::Deferred,
                &mut fail,
            );
            told.deferred = handed.deferred;
            told.ran += handed.ran;
        }
    }
    trailing.begin(tail, part, level, waker)
}

struct Chain<'a> {
    plan: &'a Plan,
    emit_context: EmitContext<'a>,
    failures: &'a FailureList,
}

impl<F: Family> Visit<F> for Chain<'_> {
    type Output = EmitStats;

    fn visit(self, event: &mut F::Of<'_>) -> EmitStats {
        dispatch::chain(
            self.plan,
            &mut ErasedEvent::new::<F>(event),
            self.emit_context,
            Some(self.failures),
        )
    }
}
