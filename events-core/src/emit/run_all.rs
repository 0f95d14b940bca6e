//! Running a whole plan on the polling task: first the chain of sync handlers, then the background plan.

use std::{pin::Pin, sync::Arc, task::Poll, task::Waker};

use super::{
    context::EmitContext,
    defer::{Deferral, defer},
    dispatch::run_chain,
};
use crate::{
    background::{BackgroundPlan, BackgroundRun, Select},
    context::{EmitGuard, refuse},
    event::Event,
    handler::{ErasedEventRef, erase},
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
/// that are not selected are queued. Pending also if the chain is suspended at an awaited handler: then
/// [`resume`] continues it.
pub(super) fn run_all<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    plan: &Plan,
    guard: &EmitGuard,
    emit_context: EmitContext<'_>,
    select: Select,
    report: RunReport<'_>,
    waker: &Waker,
) -> Poll<()> {
    if let Some(background) = plan.background().filter(|plan| plan.has_awaited()) {
        return begin_awaited(
            background_run,
            background,
            guard,
            emit_context,
            select,
            report,
            waker,
        );
    }
    let Some(event) = background_run.as_mut().event_mut() else {
        return Poll::Ready(());
    };
    if plan.len() > 0 {
        let failures = Some(report.failures);
        *report.stats = run_chain(plan, &mut erase(event), emit_context, failures);
        if E::__FAILS_CLOSED {
            report.failures.with(|failures| refuse(event, failures));
        }
    }
    let background = plan.background();
    start_background(
        background_run,
        background,
        guard,
        emit_context,
        select,
        report,
        waker,
    )
}

/// Starts the background handlers, unless a handler of the chain stopped them.
#[inline(always)]
fn start_background<E: Event>(
    background_run: Pin<&mut BackgroundRun<E>>,
    background: Option<&Arc<BackgroundPlan>>,
    guard: &EmitGuard,
    emit_context: EmitContext<'_>,
    select: Select,
    report: RunReport<'_>,
    waker: &Waker,
) -> Poll<()> {
    let Some(background) = background.filter(|_| report.stats.stopped_by.is_none()) else {
        background_run.store_id(guard);
        return Poll::Ready(());
    };
    if background.starts_at_once() {
        return background_run.begin_all(background, guard, waker);
    }
    start_in_stages(
        background_run,
        background,
        guard,
        emit_context,
        select,
        report,
        waker,
    )
}

/// Starts the background handlers of which some are deferred, take a copy, or depend on others.
#[inline(never)]
fn start_in_stages<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    background: &Arc<BackgroundPlan>,
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
    if background.view().is_some()
        && let Some(event) = background_run.as_mut().event_mut()
        && event.__owned().is_none()
    {
        refuse_copies(event, background, emit_context, failures).add_to(stats);
        background_run.store_id(guard);
        return Poll::Ready(());
    }
    if select == Select::Async
        && background.has_deferred()
        && let Some(event) = background_run.as_mut().event_mut()
        && let Some(event) = event.__owned()
    {
        let refused_for = if E::__FAILS_CLOSED { failures.len() } else { 0 };
        let mut fail = |failure| failures.push(failure);
        let deferral = defer(
            background,
            ErasedEventRef::of(event),
            emit_context,
            Select::DeferredFirst,
            &mut fail,
        );
        deferral.add_to(stats);
        if E::__FAILS_CLOSED
            && let Some(event) = background_run.as_mut().event_mut()
        {
            failures.with(|failures| refuse(event, &failures[refused_for..]));
        }
        if background.has_deferred_last() {
            *deferred_last = Some(Arc::clone(background));
        }
    }
    background_run.begin(background, select, guard, waker)
}

/// [`start_background`] for a plan that has awaited handlers, and perhaps no background ones. It is not inlined: it would
/// be in two functions.
#[inline(never)]
fn start_background_after_awaited<E: Event>(
    background_run: Pin<&mut BackgroundRun<E>>,
    background: &Arc<BackgroundPlan>,
    guard: &EmitGuard,
    emit_context: EmitContext<'_>,
    select: Select,
    report: RunReport<'_>,
    waker: &Waker,
) -> Poll<()> {
    start_background(
        background_run,
        Some(background).filter(|plan| plan.len() > 0),
        guard,
        emit_context,
        select,
        report,
        waker,
    )
}

/// Reports that an event which borrows is not copied for the background handlers, all of which take a copy.
#[cold]
#[inline(never)]
fn refuse_copies<E: Event>(
    event: &mut E,
    background: &Arc<BackgroundPlan>,
    emit_context: EmitContext<'_>,
    failures: &FailureList,
) -> Deferral {
    let mut fail = |failure| failures.push(failure);
    let event = erase(event);
    defer(
        background,
        event.lend(),
        emit_context,
        Select::All,
        &mut fail,
    )
}

/// [`run_all`] with a plan that has awaited handlers.
#[cold]
#[inline(never)]
fn begin_awaited<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    background: &Arc<BackgroundPlan>,
    guard: &EmitGuard,
    emit_context: EmitContext<'_>,
    select: Select,
    report: RunReport<'_>,
    waker: &Waker,
) -> Poll<()> {
    let polled = background_run
        .as_mut()
        .begin_chain(background, report.failures, waker);
    let Poll::Ready(stats) = polled else {
        background_run.store_id(guard);
        return Poll::Pending;
    };
    *report.stats = stats;
    start_background_after_awaited(
        background_run,
        background,
        guard,
        emit_context,
        select,
        report,
        waker,
    )
}

/// Continues an async emit whose chain is suspended at an awaited handler. The guard is that of the emit.
#[cold]
#[inline(never)]
pub(super) fn resume<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    guard: &EmitGuard,
    emit_context: EmitContext<'_>,
    report: RunReport<'_>,
    waker: &Waker,
) -> Poll<()> {
    let polled = background_run.as_mut().resume_chain(report.failures, waker);
    let Poll::Ready(resumed) = polled else {
        background_run.store_id(guard);
        return Poll::Pending;
    };
    let Some((background, stats)) = resumed else {
        return Poll::Ready(());
    };
    *report.stats = stats;
    start_background_after_awaited(
        background_run,
        &background,
        guard,
        emit_context,
        Select::Async,
        report,
        waker,
    )
}
