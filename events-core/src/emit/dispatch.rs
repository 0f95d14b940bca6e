//! Running the handlers of a plan: a loop that knows no registry.
//!
//! One `catch_unwind` covers the whole plan, for entering it is free but for two instructions; when
//! a handler panics, the loop goes on behind it.

use std::thread;

use tracing::{Level as Verbosity, debug, level_enabled, trace_span};

use super::{context::EmitContext, defer::defer};
use crate::{
    background::Select,
    context::{EmitGuard, is_observed, log, panic_hook},
    handler::{ErasedEvent, Run},
    metadata::Origin,
    plan::{Found, Plan, Slot},
    registry::{EmitLimits, EventQueue},
    result::{EmitErrorKind, EmitStats, FailureList, TooDeep},
};

/// What an emit met.
pub(crate) enum EmitPath {
    /// The plan of a scan, and it was run.
    Scanned,
    /// Another plan, and it was run.
    Swapped,
    /// None, or somebody looks at each emit: nothing was run.
    NoPlan,
    /// A plan, and too many emits are around this one, or there is a hook for those that nobody hears:
    /// nothing was run.
    Slow,
}

/// Runs the handlers in the slot and logs what fails. What is emitted is made when somebody listens:
/// written down before, it would be most of an emit that nobody hears.
#[inline(always)]
pub(crate) fn emit<'e>(
    slot: Option<&Slot>,
    emitted: impl FnOnce() -> (ErasedEvent<'e>, EmitContext<'e>),
) -> EmitPath {
    if is_observed() {
        return EmitPath::NoPlan;
    }
    match slot.map_or(Found::Empty, Slot::lookup) {
        Found::Empty => EmitPath::NoPlan,
        Found::Scanned(plan) => {
            let (event, emit_context) = emitted();
            if run(plan, event, emit_context) {
                EmitPath::Scanned
            } else {
                EmitPath::Slow
            }
        }
        Found::Swapped => {
            let (event, emit_context) = emitted();
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
    // The last subscriber may have gone meanwhile.
    let ran = slot.and_then(|slot| slot.with_held(|plan| run(plan, event, emit_context)));
    ran.unwrap_or(true)
}

/// Says whether the limit let it in. Where the plan is known at a glance this is part of the emit: with
/// four handlers that are not inlined a call of it took a fifth of the time.
#[inline(always)]
fn run(plan: &Plan, mut event: ErasedEvent<'_>, emit_context: EmitContext<'_>) -> bool {
    let Some(_level) = EmitGuard::enter(plan.info(), emit_context.emit_limits.fast_path_limit())
    else {
        return false;
    };
    let mut run = Run::new(plan.deliver(&mut event), emit_context.origin, None);
    match run.start() {
        Ok(()) if !run.is_paused() => {}
        ended => {
            let EmitContext {
                origin,
                emit_limits,
                queue,
                ..
            } = emit_context;
            resume(&mut run, ended);
            let stopped = run.is_stopped();
            defer_tail(plan, event, stopped, origin, emit_limits, queue);
        }
    }
    true
}

/// The tail of an emit for which nobody waits, if there is one; a chain that none follows does not
/// come here. It takes one by one what would else have to be written down in every emit.
#[cold]
#[inline(never)]
#[expect(clippy::needless_pass_by_value, reason = "by value it is in registers")]
fn defer_tail(
    plan: &Plan,
    event: ErasedEvent<'_>,
    stopped: bool,
    origin: Option<&Origin>,
    emit_limits: &EmitLimits,
    queue: &EventQueue,
) {
    let emit_context = EmitContext {
        info: plan.info(),
        origin,
        emit_limits,
        queue,
    };
    if let Some(tail) = plan.tail().filter(|_| !stopped) {
        defer(
            tail,
            event.lend(),
            emit_context,
            Select::All,
            &mut log::failure,
        );
    }
}

/// Runs the handlers in the slot when none of them runs later and nobody looks at the emit. When there
/// is more to it, it says so, and runs nothing.
#[inline(always)]
pub(crate) fn emit_fast(
    slot: &Slot,
    event: ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
    failures: &FailureList,
) -> bool {
    if is_observed() {
        return false;
    }
    match slot.lookup() {
        Found::Empty => false,
        Found::Scanned(plan) => run_fast(plan, event, emit_context, failures),
        Found::Swapped => emit_fast_swapped(slot, event, emit_context, failures),
    }
}

#[inline(never)]
fn emit_fast_swapped(
    slot: &Slot,
    event: ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
    failures: &FailureList,
) -> bool {
    slot.with_held(|plan| run_fast(plan, event, emit_context, failures))
        .unwrap_or(false)
}

#[inline(always)]
fn run_fast(
    plan: &Plan,
    mut event: ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
    failures: &FailureList,
) -> bool {
    if plan.tail().is_some() {
        return false;
    }
    let Some(_level) = EmitGuard::enter(plan.info(), emit_context.emit_limits.fast_path_limit())
    else {
        return false;
    };
    let delivery = plan.deliver(&mut event);
    all(&mut Run::new(delivery, emit_context.origin, Some(failures)));
    true
}

/// Runs the handlers in the slot and logs what fails, with all that somebody may look at.
#[cold]
#[inline(never)]
pub(crate) fn emit_slow(
    slot: Option<&Slot>,
    event: &mut ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
) -> Option<EmitStats> {
    let told = run_slow(slot, event, emit_context, None);
    told.map_err(|refusal| log::refusal(&refusal)).ok()
}

/// Runs the handlers in the slot and tells what became of the event.
pub(crate) fn try_emit(
    slot: Option<&Slot>,
    event: &mut ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
) -> (EmitStats, Option<EmitErrorKind>) {
    let failures = FailureList::new();
    let told = run_slow(slot, event, emit_context, Some(&failures));
    match told {
        Err(refusal) => (EmitStats::default(), Some(EmitErrorKind::TooDeep(*refusal))),
        Ok(told) => (
            told,
            failures.into_inner().take().map(EmitErrorKind::Failed),
        ),
    }
}

/// The way that looks at everything: spans, a record of what nobody heard, what became of it.
fn run_slow(
    slot: Option<&Slot>,
    event: &mut ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
    failures: Option<&FailureList>,
) -> Result<EmitStats, Box<TooDeep>> {
    let topic = emit_context.info.topic();
    let origin = emit_context.origin.map(tracing::field::display);
    let span = trace_span!(target: "events_core", "emit", topic, origin);
    let _entered = span.enter();
    let told = with_guard(slot, emit_context, |plan, _| {
        let mut told = chain(plan, event, emit_context, failures);
        if let Some(tail) = plan.tail().filter(|_| told.stopped_by.is_none()) {
            let mut fail = |failure| match failures {
                Some(failures) => failures.push(failure),
                None => log::failure(failure),
            };
            let handed = defer(tail, event.lend(), emit_context, Select::All, &mut fail);
            told.deferred = handed.deferred;
            told.ran += handed.ran;
        }
        told
    })?
    .unwrap_or_default();
    if told.is_unheard() {
        debug!(target: "events_core", topic, "no subscriber heard the event");
    }
    Ok(told)
}

/// The chain's part of an emit whose level the caller has entered.
pub(crate) fn chain(
    plan: &Plan,
    event: &mut ErasedEvent<'_>,
    emit_context: EmitContext<'_>,
    failures: Option<&FailureList>,
) -> EmitStats {
    let traced = level_enabled!(Verbosity::TRACE);
    let delivery = if traced {
        plan.deliver_one_by_one(event)
    } else {
        plan.deliver(event)
    };
    let mut run = Run::new(delivery, emit_context.origin, failures);
    if traced {
        run_traced(plan, &mut run);
    } else {
        all(&mut run);
    }
    EmitStats {
        ran: run.ran(),
        deferred: 0,
        stopped_by: run.stopped_by(),
    }
}

/// Calls `f` with the plan that is in the slot now, in a level of the emit.
pub(crate) fn with_guard<T>(
    slot: Option<&Slot>,
    emit_context: EmitContext<'_>,
    f: impl FnOnce(&Plan, &EmitGuard) -> T,
) -> Result<Option<T>, Box<TooDeep>> {
    slot.and_then(|slot| {
        slot.with_plan(|plan| {
            let limit = emit_context.emit_limits.limit();
            match EmitGuard::enter(plan.info(), limit) {
                Some(level) => Ok(f(plan, &level)),
                None => Err(Box::new(EmitGuard::refusal(plan.info(), limit))),
            }
        })
    })
    .transpose()
}

/// Runs the handlers, resuming behind one that panics.
#[inline(always)]
fn all(run: &mut Run<'_>) {
    match run.start() {
        Ok(()) if !run.is_paused() => {}
        ended => resume(run, ended),
    }
}

/// Apart from [`all`], whose few registers are saved in every emit.
#[cold]
#[inline(never)]
fn resume(run: &mut Run<'_>, mut ended: thread::Result<()>) {
    loop {
        if let Err(payload) = ended {
            run.panicked(panic_hook::into_panic(payload));
        }
        if !run.is_paused() {
            return;
        }
        ended = run.resume();
    }
}

/// Runs the handlers, each in a span of its own; there is a stop behind each.
#[cold]
#[inline(never)]
fn run_traced(plan: &Plan, run: &mut Run<'_>) {
    for (index, subscriber) in plan.subscribers().iter().enumerate() {
        let span = trace_span!(
            target: "events_core",
            "handle",
            subscriber = %subscriber.name,
            location = %subscriber.location,
        );
        let _entered = span.enter();
        let ended = if index == 0 {
            run.start()
        } else {
            run.resume()
        };
        if let Err(payload) = ended {
            run.panicked(panic_hook::into_panic(payload));
            // To the stop behind it, where those that return have come by themselves.
            let _ = run.resume();
        }
        if !run.is_paused() {
            return;
        }
    }
}
