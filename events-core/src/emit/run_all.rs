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

/// What a run needs beside the event and its plan, and where it stores the result of the chain.
pub(super) struct Dispatch<'a> {
    pub(super) guard: &'a EmitGuard,
    pub(super) emit_context: EmitContext<'a>,
    /// Which background handlers are started.
    pub(super) select: Select,
    pub(super) waker: &'a Waker,
    pub(super) stats: &'a mut EmitStats,
    pub(super) failures: &'a FailureList<'a>,
    /// The background plan, if some of its deferred handlers are to be queued after the async ones.
    pub(super) deferred_last: &'a mut Option<Arc<BackgroundPlan>>,
}

/// Runs the chain, reports its result, and starts the selected background handlers. Deferred handlers
/// that are not selected are queued. Pending also if the chain is suspended at an awaited handler: then
/// [`resume`] continues it.
pub(super) fn run_all<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    plan: &Plan,
    dispatch: Dispatch<'_>,
) -> Poll<()> {
    if plan.takes_emission() {
        dispatch.guard.take_time();
    }
    if let Some(background) = plan.background().filter(|plan| plan.has_awaited()) {
        return begin_awaited(background_run, background, dispatch);
    }
    let Some(event) = background_run.as_mut().event_mut() else {
        return Poll::Ready(());
    };
    if plan.len() > 0 {
        let failures = Some(dispatch.failures);
        *dispatch.stats = run_chain(plan, &mut erase(event), dispatch.emit_context, failures);
        if E::__FAILS_CLOSED {
            dispatch.failures.with(|failures| refuse(event, failures));
        }
    }
    let background = plan.background();
    start_background(background_run, background, dispatch)
}

/// Starts the background handlers, unless a handler of the chain stopped them.
#[inline(always)]
fn start_background<E: Event>(
    background_run: Pin<&mut BackgroundRun<E>>,
    background: Option<&Arc<BackgroundPlan>>,
    dispatch: Dispatch<'_>,
) -> Poll<()> {
    let Some(background) = background.filter(|_| dispatch.stats.stopped_by.is_none()) else {
        background_run.store_state(dispatch.guard);
        return Poll::Ready(());
    };
    if background.starts_at_once() {
        return background_run.begin_all(background, dispatch.guard, dispatch.waker);
    }
    start_in_stages(background_run, background, dispatch)
}

/// Starts the background handlers of which some are deferred, take a copy, or depend on others.
#[inline(never)]
fn start_in_stages<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    background: &Arc<BackgroundPlan>,
    dispatch: Dispatch<'_>,
) -> Poll<()> {
    let Dispatch {
        guard,
        emit_context,
        select,
        waker,
        stats,
        failures,
        deferred_last,
    } = dispatch;
    if background.view().is_some()
        && let Some(event) = background_run.as_mut().event_mut()
        && event.__owned().is_none()
    {
        refuse_copies(event, background, emit_context, failures).add_to(stats);
        background_run.store_state(guard);
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
            failures.if_recorded(),
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
    let select = match select {
        Select::All if background.has_delayed() => {
            delay(background_run.as_mut(), background, emit_context, failures).add_to(stats);
            Select::NotDelayed
        }
        select => select,
    };
    background_run.begin(background, select, guard, waker)
}

/// Schedules the handlers of an event from the queue that have a delay.
#[cold]
#[inline(never)]
fn delay<E: Event>(
    background_run: Pin<&mut BackgroundRun<E>>,
    background: &Arc<BackgroundPlan>,
    emit_context: EmitContext<'_>,
    failures: &FailureList<'_>,
) -> Deferral {
    let mut fail = |failure| failures.push(failure);
    let Some(event) = background_run.event_mut().and_then(|event| event.__owned()) else {
        return Deferral::default();
    };
    defer(
        background,
        ErasedEventRef::of(event),
        emit_context,
        Select::Delayed,
        failures.if_recorded(),
        &mut fail,
    )
}

/// [`start_background`] for a plan that has awaited handlers, and perhaps no background ones. It is not inlined: it would
/// be in two functions.
#[inline(never)]
fn start_background_after_awaited<E: Event>(
    background_run: Pin<&mut BackgroundRun<E>>,
    background: &Arc<BackgroundPlan>,
    dispatch: Dispatch<'_>,
) -> Poll<()> {
    start_background(
        background_run,
        Some(background).filter(|plan| plan.len() > 0),
        dispatch,
    )
}

/// Reports that an event which borrows is not copied for the background handlers, all of which take a copy.
#[cold]
#[inline(never)]
fn refuse_copies<E: Event>(
    event: &mut E,
    background: &Arc<BackgroundPlan>,
    emit_context: EmitContext<'_>,
    failures: &FailureList<'_>,
) -> Deferral {
    let mut fail = |failure| failures.push(failure);
    let event = erase(event);
    defer(
        background,
        event.lend(),
        emit_context,
        Select::All,
        None,
        &mut fail,
    )
}

/// [`run_all`] with a plan that has awaited handlers.
#[cold]
#[inline(never)]
fn begin_awaited<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    background: &Arc<BackgroundPlan>,
    dispatch: Dispatch<'_>,
) -> Poll<()> {
    let polled = background_run
        .as_mut()
        .begin_chain(background, dispatch.failures, dispatch.waker);
    let Poll::Ready(stats) = polled else {
        background_run.store_state(dispatch.guard);
        return Poll::Pending;
    };
    *dispatch.stats = stats;
    start_background_after_awaited(background_run, background, dispatch)
}

/// Continues an async emit whose chain is suspended at an awaited handler.
#[cold]
#[inline(never)]
pub(super) fn resume<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    dispatch: Dispatch<'_>,
) -> Poll<()> {
    let polled = background_run
        .as_mut()
        .resume_chain(dispatch.failures, dispatch.waker);
    let Poll::Ready(resumed) = polled else {
        background_run.store_state(dispatch.guard);
        return Poll::Pending;
    };
    let Some((background, stats)) = resumed else {
        return Poll::Ready(());
    };
    *dispatch.stats = stats;
    start_background_after_awaited(background_run, &background, dispatch)
}
