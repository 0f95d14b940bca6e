//! Running a whole plan on the polling task: first the chain of sync handlers, then the background plan.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Poll, Waker, ready},
};

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

/// What a run needs beside the event and its plan, and where it stores the result of the chain. What few runs call takes it
/// as a [`Dispatch`]: one struct for both would be stored by each emit.
pub(super) struct Start<'a> {
    pub(super) guard: &'a EmitGuard,
    pub(super) emit_context: EmitContext<'a>,
    /// Which background handlers are started.
    pub(super) select: Select,
    pub(super) waker: &'a Waker,
    pub(super) stats: &'a mut EmitStats,
    pub(super) failures: &'a FailureList<'a>,
    /// Receives the background plan, if some of its deferred handlers are to be queued after the async ones.
    pub(super) last: &'a mut dyn DeferLast,
}

/// A [`Start`] for what few runs call.
pub(super) struct Dispatch<'a> {
    pub(super) guard: &'a EmitGuard,
    pub(super) emit_context: EmitContext<'a>,
    /// Which background handlers are started.
    pub(super) select: Select,
    pub(super) waker: &'a Waker,
    pub(super) stats: &'a mut EmitStats,
    pub(super) failures: &'a FailureList<'a>,
    /// Receives the background plan, if some of its deferred handlers are to be queued after the async ones.
    pub(super) last: &'a mut dyn DeferLast,
}

/// Where the background plan is stored whose deferred handlers are to be queued after the async ones.
pub(super) trait DeferLast {
    fn defer_last(&mut self, background: Arc<BackgroundPlan>);
}

/// A job of the queue, in which all handlers are selected: none are queued later.
pub(super) struct AllSelected;

impl DeferLast for AllSelected {
    fn defer_last(&mut self, _: Arc<BackgroundPlan>) {}
}

/// Runs the chain, reports its result, and starts the selected background handlers. Deferred handlers
/// that are not selected are queued. Pending also if the chain is suspended at an awaited handler: then
/// [`resume`] continues it.
// Inlined, so that the start is in registers.
#[inline(always)]
pub(super) fn run_all<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    plan: &Plan,
    start: Start<'_>,
) -> Poll<()> {
    let Start {
        guard,
        emit_context,
        select,
        waker,
        stats,
        failures,
        last,
    } = start;
    if plan.takes_emission() {
        guard.take_time();
    }
    if let Some(background) = plan.background().filter(|plan| plan.has_awaited()) {
        let run = background_run.as_mut();
        let is_last = ready!(begin_awaited(
            run, background, guard, waker, stats, failures
        ));
        if is_last {
            return Poll::Ready(());
        }
        let dispatch = Dispatch {
            guard,
            emit_context,
            select,
            waker,
            stats,
            failures,
            last,
        };
        return start_background_after_awaited(background_run, background, dispatch);
    }
    let Some(event) = background_run.as_mut().event_mut() else {
        return Poll::Ready(());
    };
    if plan.len() > 0 {
        let origin = emit_context.origin;
        let is_stopped = run_chain(plan, &mut erase(event), origin, Some(failures)).store_in(stats);
        if E::__FAILS_CLOSED {
            failures.with(|failures| refuse(event, failures));
        }
        if is_stopped {
            background_run.store_state(guard);
            return Poll::Ready(());
        }
    }
    let Some(background) = plan.background() else {
        background_run.store_state(guard);
        return Poll::Ready(());
    };
    if background.starts_at_once() {
        return background_run.begin_all(background, guard, waker);
    }
    let dispatch = Dispatch {
        guard,
        emit_context,
        select,
        waker,
        stats,
        failures,
        last,
    };
    start_in_stages(background_run, background, dispatch)
}

/// Starts the background handlers. No handler of the chain has stopped them.
#[inline(always)]
fn start_background<E: Event>(
    background_run: Pin<&mut BackgroundRun<E>>,
    background: Option<&Arc<BackgroundPlan>>,
    dispatch: Dispatch<'_>,
) -> Poll<()> {
    let Some(background) = background else {
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
        last,
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
            last.defer_last(Arc::clone(background));
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
    let is_stopped = dispatch.stats.stopped_by.is_some();
    start_background(
        background_run,
        Some(background).filter(|plan| plan.len() > 0 && !is_stopped),
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
        failures.if_recorded(),
        &mut fail,
    )
}

/// Begins the chain of a plan that has awaited handlers. Ready if it has ended: whether no handlers follow it.
#[cold]
#[inline(never)]
fn begin_awaited<E: Event>(
    mut background_run: Pin<&mut BackgroundRun<E>>,
    background: &Arc<BackgroundPlan>,
    guard: &EmitGuard,
    waker: &Waker,
    stats: &mut EmitStats,
    failures: &FailureList<'_>,
) -> Poll<bool> {
    let run = background_run.as_mut();
    let polled = run.begin_chain(background, failures, waker);
    let is_last = polled.map(|of_chain| {
        *stats = of_chain;
        background.len() == 0 || stats.stopped_by.is_some()
    });
    if is_last != Poll::Ready(false) {
        background_run.store_state(guard);
    }
    is_last
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
