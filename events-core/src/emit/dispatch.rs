//! Dispatch: running the plan of a slot, on the fast path or the slow one. It does not access the
//! registry: the caller passes the slot and the context of the emission.
//!
//! A chain returns to its caller at a *pause*, and is resumed from there. It pauses at a handler that
//! panics, after a fixed number of nested calls, between all handlers when `tracing` records spans, and
//! at its end when a background plan follows.
//!
//! One `catch_unwind` covers all handlers up to the next pause; entering it costs two instructions. After a
//! panic the chain is resumed behind the handler that panicked.

use super::{
    context::EmitContext,
    defer::{defer, defer_into},
};
use crate::{
    background::Select,
    context::{CatchSpan, EmitGuard, MAX_LIMIT, UNKNOWN_SITE, is_observed, log, records_spans},
    handler::{ChainStats, ErasedEvent, ErasedEventRef, Run, run_wrapped},
    metadata::Origin,
    plan::{Found, Plan, Selection, Slot},
    queue::{JobResult, Places},
    registry::{EmitLimits, EventQueue},
    result::{EmitStats, FailureList, TooDeep},
};

/// The result of the fast path of an emit.
pub(super) enum EmitPath {
    /// It ran the plan of the first scan.
    Scanned,
    /// It ran a plan that was published since, or found that the last subscriber was just removed.
    Swapped,
    /// There is no plan, or `tracing` records emits: nothing was run.
    NoPlan,
    /// The depth limit of the fast path refused the emit: too many are nested, or there is a hook, an
    /// interceptor or middleware, with which this limit is 0. Nothing was run.
    Slow,
}

/// Runs the plan of the slot on the fast path, unless `is_slow`, and logs failures. `make_event` is called only if there
/// is a plan: storing its result earlier would be most of the cost of an emit without subscribers.
#[inline(always)]
pub(super) fn emit<'e>(
    slot: Option<&Slot>,
    is_slow: bool,
    make_event: impl FnOnce() -> (ErasedEvent<'e>, EmitContext<'e>),
) -> EmitPath {
    if is_observed() {
        return EmitPath::NoPlan;
    }
    if is_slow {
        return EmitPath::Slow;
    }
    match slot.map_or(Found::Empty, Slot::lookup) {
        Found::Empty => EmitPath::NoPlan,
        Found::Scanned(plan) => {
            let (event, emit_context) = make_event();
            if run_plan(plan, event, emit_context) {
                EmitPath::Scanned
            } else {
                EmitPath::Slow
            }
        }
        Found::Swapped => {
            let (event, emit_context) = make_event();
            if emit_swapped(slot, event, emit_context) {
                EmitPath::Swapped
            } else {
                EmitPath::Slow
            }
        }
    }
}

#[inline(never)]
fn emit_swapped(
    slot: Option<&Slot>,
    event: ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
) -> bool {
    // The last subscriber may have been removed since the lookup.
    let ran = slot.and_then(|slot| slot.with_held(|plan| run_plan(plan, event, emit_context)));
    ran.unwrap_or(true)
}

/// Runs the plan, unless the depth limit refuses the emit; returns whether it ran. Always inlined: with
/// four handlers that are not inlined, a call of this function took a fifth of the time of an emit.
#[inline(always)]
fn run_plan(plan: &Plan, mut event: ErasedEvent<'_>, emit_context: EmitContext<'_>) -> bool {
    let limit = emit_context.emit_limits.fast_path_limit();
    let Some(_guard) = EmitGuard::enter(plan.info(), limit, emit_context.site) else {
        return false;
    };
    let mut run = Run::new(plan.deliver(&mut event), emit_context.origin, None);
    match run.start() {
        Ok(()) if !run.is_paused() => {}
        result => {
            let EmitContext {
                origin,
                emit_limits,
                queue,
                ..
            } = emit_context;
            run.resume_to_end(result);
            let is_stopped = run.is_stopped();
            defer_tail(plan, event, is_stopped, origin, emit_limits, queue);
        }
    }
    true
}

/// Queues the background handlers of a sync emit, if the plan has any. Called only after a pause: a
/// short chain without a panic pauses only if a background plan follows. The fields of the context are
/// passed one by one, in registers: a struct would have to be stored on the stack by every emit.
#[cold]
#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "by value it is in registers")]
fn defer_tail(
    plan: &Plan,
    event: ErasedEvent<'_>,
    is_stopped: bool,
    origin: Option<&Origin>,
    emit_limits: &EmitLimits,
    queue: &EventQueue,
) {
    let emit_context = EmitContext {
        info: plan.info(),
        origin,
        emit_limits,
        queue,
        site: UNKNOWN_SITE, // the emission has it
    };
    if let Some(background) = plan.background().filter(|_| !is_stopped) {
        defer(
            background,
            event.lend(),
            emit_context,
            Select::All,
            None,
            &mut log::failure,
        );
    }
}

/// Runs the plan of the slot on the fast path, for an event from the queue. If there is no plan, if it has
/// background handlers, or if the slow path is needed, nothing is run and `None` is returned.
#[inline(always)]
pub(super) fn emit_fast(
    slot: &Slot,
    event: ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
) -> Option<JobResult> {
    if is_observed() {
        return None;
    }
    match slot.lookup() {
        Found::Empty => None,
        Found::Scanned(plan) => run_fast(plan, event, emit_context),
        Found::Swapped => emit_fast_swapped(slot, event, emit_context),
    }
}

#[inline(never)]
fn emit_fast_swapped(
    slot: &Slot,
    event: ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
) -> Option<JobResult> {
    slot.with_held(|plan| run_fast(plan, event, emit_context))?
}

#[inline(always)]
fn run_fast(
    plan: &Plan,
    mut event: ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
) -> Option<JobResult> {
    if plan.background().is_some() {
        return None;
    }
    let limit = emit_context.emit_limits.fast_path_limit();
    let _guard = EmitGuard::enter(plan.info(), limit, emit_context.site)?;
    let failures = FailureList::new();
    let delivery = plan.deliver(&mut event);
    Run::new(delivery, emit_context.origin, Some(&failures)).run_to_end(false);
    Some(JobResult::of(failures))
}

/// An event on the slow path.
pub(super) trait SlowEvent {
    /// Runs the chain of a plan with it.
    fn run_chain(
        &mut self,
        plan: &Plan,
        origin: Option<&Origin>,
        failures: Option<&FailureList<'_>>,
    ) -> EmitStats;

    /// The event for background handlers, which read an owned one only.
    fn lend(&self) -> Option<ErasedEventRef<'_>>;
}

impl SlowEvent for ErasedEvent<'_> {
    fn run_chain(
        &mut self,
        plan: &Plan,
        origin: Option<&Origin>,
        failures: Option<&FailureList<'_>>,
    ) -> EmitStats {
        run_chain(plan, self, origin, failures).into_stats()
    }

    fn lend(&self) -> Option<ErasedEventRef<'_>> {
        Some(ErasedEvent::lend(self))
    }
}

/// The slow path: with spans, a log record of an event that no subscriber received, and the stats.
pub(super) fn run_slow(
    slot: Option<&Slot>,
    event: &mut impl SlowEvent,
    emit_context: EmitContext<'_>,
    failures: Option<&FailureList<'_>>,
) -> Result<EmitStats, Box<TooDeep>> {
    let topic = emit_context.info.topic();
    // An option, so that without spans neither the creation nor the drop is a call.
    let span = records_spans().then(|| log::emit_span(topic, emit_context.origin));
    let _entered = span.as_ref().and_then(CatchSpan::enter);
    let stats = with_guard(slot, None, emit_context, |plan, _| {
        run_and_defer(plan, event, emit_context, failures)
    })?
    .unwrap_or_default();
    if stats.is_unheard() {
        log::unheard(topic);
    }
    Ok(stats)
}

/// Runs the chain of a plan for a sync emit, and queues the background handlers. The caller holds the guard of the
/// emit.
// Inlined: the context is passed in registers.
#[inline(always)]
pub(super) fn run_and_defer(
    plan: &Plan,
    event: &mut (impl SlowEvent + ?Sized),
    emit_context: EmitContext<'_>,
    failures: Option<&FailureList<'_>>,
) -> EmitStats {
    run_and_defer_into(&mut Places::default(), plan, event, emit_context, failures)
}

/// As [`run_and_defer`], into places that are reserved in the queue as long as there are some.
#[inline(always)]
pub(super) fn run_and_defer_into(
    room: &mut Places,
    plan: &Plan,
    event: &mut (impl SlowEvent + ?Sized),
    emit_context: EmitContext<'_>,
    failures: Option<&FailureList<'_>>,
) -> EmitStats {
    if let Some(recording) = failures.and_then(FailureList::recorded_in) {
        recording.set_plan(plan.subscribers());
    }
    let mut stats = event.run_chain(plan, emit_context.origin, failures);
    if let Some(background) = plan.background().filter(|_| stats.stopped_by.is_none())
        && let Some(event) = event.lend()
    {
        let mut fail = |failure| match failures {
            Some(failures) => failures.push(failure),
            None => log::failure(failure),
        };
        let deferral = defer_into(
            room,
            background,
            event,
            emit_context,
            Select::All,
            failures.and_then(FailureList::if_recorded),
            &mut fail,
        );
        deferral.add_to(&mut stats);
    }
    stats
}

/// Runs the chain of a plan, with a span for each handler if `tracing` records spans. The caller holds
/// the guard of the emit.
pub(super) fn run_chain<'r>(
    plan: &'r Plan,
    event: &'r mut ErasedEvent<'_>,
    origin: Option<&'r Origin>,
    failures: Option<&'r FailureList<'r>>,
) -> ChainStats<'r> {
    if plan.policy().is_wrapped() {
        return run_chain_wrapped(plan, event, origin, failures);
    }
    run_chain_directly(plan, event, origin, failures)
}

#[inline(always)]
fn run_chain_directly<'r>(
    plan: &'r Plan,
    event: &'r mut ErasedEvent<'_>,
    origin: Option<&'r Origin>,
    failures: Option<&'r FailureList<'r>>,
) -> ChainStats<'r> {
    let records_spans = records_spans();
    let delivery = if records_spans {
        plan.deliver_one_by_one(event)
    } else {
        plan.deliver(event)
    };
    let mut run = Run::new(delivery, origin, failures);
    run.run_to_end(records_spans);
    run.stats()
}

/// [`run_chain`] through the middleware of the registry, if it is not removed meanwhile.
#[cold]
#[inline(never)]
fn run_chain_wrapped<'r>(
    plan: &'r Plan,
    event: &'r mut ErasedEvent<'_>,
    origin: Option<&'r Origin>,
    failures: Option<&'r FailureList<'r>>,
) -> ChainStats<'r> {
    let Some(middlewares) = plan.policy().middlewares() else {
        return run_chain_directly(plan, event, origin, failures);
    };
    let delivery = plan.deliver_one_by_one(event);
    run_wrapped(delivery, origin, failures, middlewares)
}

/// Calls `f` with the current plan of the slot, or that of a part of the subscribers, and the guard of the emit. An error if
/// the emit is nested too deep; `None` if there is no plan.
pub(super) fn with_guard<T>(
    slot: Option<&Slot>,
    selection: Option<Selection>,
    emit_context: EmitContext<'_>,
    f: impl FnOnce(&Plan, &EmitGuard) -> T,
) -> Result<Option<T>, Box<TooDeep>> {
    let f = |plan: &Plan| guarded(plan, emit_context, |guard| f(plan, guard));
    slot.and_then(|slot| slot.with_plan_of(selection, f))
        .transpose()
}

/// Calls `f` with the current plan of the slot and the guard of the emit of a job from the queue, which is not
/// refused. `None` if there is no plan.
pub(super) fn with_job_guard<T>(
    slot: Option<&Slot>,
    f: impl FnOnce(&Plan, &EmitGuard) -> T,
) -> Option<T> {
    slot?.with_plan(|plan| job_guarded(plan, f))?
}

/// Calls `f` with the guard of the emit of a job from the queue that runs this plan.
pub(super) fn job_guarded<T>(plan: &Plan, f: impl FnOnce(&Plan, &EmitGuard) -> T) -> Option<T> {
    // Not the limit of the registry: the driver has checked that before it took the job, which a refusal would lose.
    EmitGuard::enter(plan.info(), MAX_LIMIT, UNKNOWN_SITE).map(|guard| f(plan, &guard))
}

/// Calls `f` with the guard of an emit that runs this plan. An error if the emit is nested too deep.
pub(super) fn guarded<T>(
    plan: &Plan,
    emit_context: EmitContext<'_>,
    f: impl FnOnce(&EmitGuard) -> T,
) -> Result<T, Box<TooDeep>> {
    let limit = emit_context.emit_limits.limit();
    let guard = EmitGuard::try_enter(plan.info(), limit, emit_context.site)?;
    Ok(f(&guard))
}
