//! Running the handlers of a plan: a loop that knows no registry.
//!
//! One `catch_unwind` covers the whole plan, for entering it is free but for two instructions; when
//! a handler panics, the loop goes on behind it.

use std::{
    any::Any,
    cell::RefCell,
    iter,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
};

use tracing::{Level as Verbosity, debug, level_enabled, trace_span};

use super::{
    panics,
    plan::Plan,
    slot::{Found, Slot},
};
use crate::{
    event::Family,
    handler::{Level, Link, Run, record},
    words::{Cause, Failure, Origin, SubscriberInfo, TooDeep, Trouble, drop_contained},
};

/// Handlers call one another up to this many deep before the stack is given back.
const CHAIN: usize = 16;

/// What the emitter says of an emit.
#[derive(Clone, Copy)]
pub(super) struct Sending<'e> {
    pub(super) origin: Option<&'e Origin>,
    /// How many emits may be inside one another.
    pub(super) limit: usize,
}

/// What became of an emit.
#[derive(Default)]
pub(super) struct Told {
    pub(super) ran: usize,
    pub(super) stopped_by: Option<Arc<SubscriberInfo>>,
}

/// Runs the handlers in the slot and logs what fails; says whether it is known that somebody has
/// scanned.
#[inline]
pub(super) fn emit<F: Family>(
    slot: Option<&Slot<F>>,
    event: &mut F::Of<'_>,
    sending: Sending<'_>,
) -> bool {
    if level_enabled!(Verbosity::DEBUG) {
        emit_observed(slot, event, sending);
        return false;
    }
    match slot.map_or(Found::Unknown, Slot::find) {
        Found::Nobody => true,
        Found::Unknown => false,
        Found::Scanned(plan) => {
            emit_plan(plan, event, sending);
            true
        }
        Found::Changed => {
            emit_changed(slot, event, sending);
            false
        }
    }
}

/// Apart from [`emit`], so that an event nobody listens to does not pay for the stack it needs.
#[inline(never)]
fn emit_plan<F: Family>(plan: &Plan<F>, event: &mut F::Of<'_>, sending: Sending<'_>) {
    match Level::enter(plan.roster.info, sending.limit) {
        Ok(level) => {
            let run = Run::new(&plan.roster, sending.origin, &level, None);
            all(plan, event, &run);
        }
        Err(refusal) => record::refusal(&refusal),
    }
}

#[inline(never)]
fn emit_changed<F: Family>(slot: Option<&Slot<F>>, event: &mut F::Of<'_>, sending: Sending<'_>) {
    with_plan(slot, |plan| emit_plan(plan, event, sending));
}

#[cold]
#[inline(never)]
fn emit_observed<F: Family>(slot: Option<&Slot<F>>, event: &mut F::Of<'_>, sending: Sending<'_>) {
    if let Err(refusal) = observed(slot, event, sending, None) {
        record::refusal(&refusal);
    }
}

/// Runs the handlers in the slot and tells what became of the event.
pub(super) fn try_emit<F: Family>(
    slot: Option<&Slot<F>>,
    event: &mut F::Of<'_>,
    sending: Sending<'_>,
) -> (Told, Option<Trouble>) {
    let failures = RefCell::new(Vec::new());
    let told = observed(slot, event, sending, Some(&failures));
    let failures = failures.into_inner();
    match told {
        Err(refusal) => (Told::default(), Some(Trouble::TooDeep(refusal))),
        Ok(told) if failures.is_empty() => (told, None),
        Ok(told) => (told, Some(Trouble::Failed(failures))),
    }
}

/// The way that looks at everything: spans, a record of what nobody heard, what became of it.
fn observed<F: Family>(
    slot: Option<&Slot<F>>,
    event: &mut F::Of<'_>,
    sending: Sending<'_>,
    failures: Option<&RefCell<Vec<Failure>>>,
) -> Result<Told, TooDeep> {
    let topic = F::info().topic();
    let origin = sending.origin.map(tracing::field::display);
    let span = trace_span!(target: "events_core", "emit", topic, origin);
    let _entered = span.enter();
    let told = with_plan(slot, |plan| {
        let level = Level::enter(plan.roster.info, sending.limit)?;
        let run = Run::new(&plan.roster, sending.origin, &level, failures);
        if level_enabled!(Verbosity::TRACE) {
            one_by_one(plan, event, &run);
        } else {
            all(plan, event, &run);
        }
        Ok(Told {
            ran: run.ran(),
            stopped_by: run.stopped_by(),
        })
    })
    .transpose()?
    .unwrap_or_default();
    if told.ran == 0 {
        debug!(target: "events_core", topic, "no subscriber heard the event");
    }
    Ok(told)
}

/// Calls `f` with the plan that is in the slot now, which stays until it returns.
fn with_plan<F: Family, T>(slot: Option<&Slot<F>>, f: impl FnOnce(&Plan<F>) -> T) -> Option<T> {
    let slot = slot?;
    loop {
        match slot.find() {
            Found::Nobody | Found::Unknown => return None,
            Found::Scanned(plan) => return Some(f(plan)),
            Found::Changed => {
                let held = slot.hold();
                let Some(plan) = Slot::plan_in(&held) else {
                    continue;
                };
                let result = f(plan);
                // The last reader of a plan frees its closures, whose `Drop` may panic.
                drop_contained(held);
                return Some(result);
            }
        }
    }
}

/// Runs the handlers, resuming behind one that panics.
#[inline]
fn all<F: Family>(plan: &Plan<F>, event: &mut F::Of<'_>, run: &Run<'_>) {
    let all = catch_unwind(AssertUnwindSafe(|| {
        if plan.rest.len() < CHAIN {
            plan.first.call(event, run, &plan.rest);
        } else {
            many(plan, event, run);
        }
    }));
    if let Err(payload) = all {
        resume(plan, event, run, payload);
    }
}

/// Apart from [`all`], whose few registers are saved in every emit.
#[cold]
#[inline(never)]
fn resume<F: Family>(
    plan: &Plan<F>,
    event: &mut F::Of<'_>,
    run: &Run<'_>,
    payload: Box<dyn Any + Send>,
) {
    let mut left = panicked(run, payload);
    let rest = |left| &plan.rest[plan.rest.len() - left..];
    while let Err(payload) = catch_unwind(AssertUnwindSafe(|| chains(rest(left), event, run))) {
        left = panicked(run, payload);
    }
}

/// Runs more handlers than one chain takes.
#[inline(never)]
fn many<F: Family>(plan: &Plan<F>, event: &mut F::Of<'_>, run: &Run<'_>) {
    let (now, ahead) = plan.rest.split_at(CHAIN - 1);
    run.begin_chain(ahead.len());
    plan.first.call(event, run, now);
    if !run.is_stopped() {
        chains(ahead, event, run);
    }
}

/// Runs handlers in chains that are short enough for any stack.
fn chains<F: Family>(links: &[Link<F>], event: &mut F::Of<'_>, run: &Run<'_>) {
    let mut links = links;
    while let Some((first, rest)) = links.split_first() {
        let (now, ahead) = rest.split_at(rest.len().min(CHAIN - 1));
        run.begin_chain(ahead.len());
        first.call(event, run, now);
        if run.is_stopped() {
            return;
        }
        links = ahead;
    }
}

/// Runs the handlers, each in a span of its own.
#[cold]
#[inline(never)]
fn one_by_one<F: Family>(plan: &Plan<F>, event: &mut F::Of<'_>, run: &Run<'_>) {
    let links = iter::once(&plan.first).chain(&plan.rest);
    for (link, left) in links.zip((0..=plan.rest.len()).rev()) {
        let subscriber = run.subscriber(left);
        let span = trace_span!(
            target: "events_core",
            "handle",
            subscriber = %subscriber.name,
            location = %subscriber.location,
        );
        let _entered = span.enter();
        run.begin_chain(left);
        let called = catch_unwind(AssertUnwindSafe(|| link.call(event, run, &[])));
        if let Err(payload) = called {
            panicked(run, payload);
        }
        if run.is_stopped() {
            return;
        }
    }
}

#[cold]
#[inline(never)]
fn panicked(run: &Run<'_>, payload: Box<dyn Any + Send>) -> usize {
    run.panicked(Cause::Panic(panics::caught(payload)))
}
