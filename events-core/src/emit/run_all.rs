//! Running a whole plan on the polling task: first the chain of sync handlers, then the background plan.

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

/// Where [`run_all`] stores the result of the chain.
pub(super) struct RunReport<'a> {
    pub(crate) stats: &'a mut EmitStats,
    pub(crate) failures: &'a FailureList,
    /// The background plan, if some of its deferred handlers are to be queued after the async ones.
    pub(super) deferred_last: &'a mut Option<Arc<BackgroundPlan>>,
}

/// Runs the chain, reports its result, and starts the selected background handlers. Deferred handlers
/// that are not selected are queued.
pub(super) fn run_all<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    plan: &Plan,
    guard: &EmitGuard,
    emit_context: EmitContext<'_>,
    select: Select,
    report: RunReport<'_>,
    waker: &Waker,
) -> Poll<()> {
    let RunReport {
        stats,
        failures,
        deferred_last,
    } = report;
    let Some(event) = background_run.as_mut().event_mut() else {
        return Poll::Ready(());
    };
    if plan.len() > 0 {
        *stats = event.__lend(RunChain {
            plan,
            emit_context,
            failures,
        });
    }
    let Some(background) = plan.background().filter(|_| stats.stopped_by.is_none()) else {
        background_run.store_id(guard);
        return Poll::Ready(());
    };
    if select == Select::Async
        && background.has_deferred()
        && let Some(event) = event.__owned()
    {
        let mut fail = |failure| failures.push(failure);
        let deferral = defer(
            background,
            ErasedEventRef::of(event),
            emit_context,
            Select::DeferredFirst,
            &mut fail,
        );
        deferral.add_to(stats);
        if background.has_deferred_last() {
            *deferred_last = Some(Arc::clone(background));
        }
    }
    background_run.begin(background, select, guard, waker)
}

/// Runs the chain of a plan with an event.
struct RunChain<'a> {
    plan: &'a Plan,
    emit_context: EmitContext<'a>,
    failures: &'a FailureList,
}

impl<F: Family> Visit<F> for RunChain<'_> {
    type Output = EmitStats;

    fn visit(self, event: &mut F::Of<'_>) -> EmitStats {
        dispatch::run_chain(
            self.plan,
            &mut ErasedEvent::new::<F>(event),
            self.emit_context,
            Some(self.failures),
        )
    }
}
