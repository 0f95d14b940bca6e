//! A sync emission with middleware around it.

use std::{
    borrow::Cow,
    cell::{Cell, RefCell},
};

use crate::{
    context::{EmitGuard, OwnSubscription, current_emission, log},
    emit::context::EmitContext,
    event::{Event, Family, TypedView},
    handler::ErasedEvent,
    metadata::{EmitVerb, EventInfo, Origin},
    policy::{
        EmitCallData, EmitCounts, EmitDetails, EmitMiddleware, Entries, PolicyRef, RunEmit,
        SyncEmit,
    },
    primitives::drop_catching,
    registry::Core,
    result::{EmitErrorKind, EmitStats, FailureList, NotRun, Recording, TooDeep},
};

use crate::emit::{
    context::CallSite,
    dispatch::{SlowEvent, run_and_defer},
    fail_closed::FailClosedEvent,
    sync_emission::TryEmitResult,
    unit::PlanSource,
};

/// A sync emission that is to be run through middleware.
pub(in crate::emit) struct WrappedSync<'e> {
    pub(in crate::emit) topic: Cow<'static, str>,
    /// `None` for a named event.
    pub(in crate::emit) event: Option<&'static EventInfo>,
    pub(in crate::emit) emit_context: EmitContext<'e>,
    pub(in crate::emit) policy: &'e PolicyRef,
    pub(in crate::emit) middlewares: Entries<dyn EmitMiddleware>,
}

/// Calls the subscribers, with a list for their failures.
type RunSubscribers<'r> = dyn FnMut(&FailureList<'_>) -> EmitStats + 'r;

/// Runs an emission through the middleware. The failures are put into the list, or else logged. Returns what the subscribers
/// did; `None` if they were not called.
pub(in crate::emit) fn run_wrapped(
    emit: WrappedSync<'_>,
    failures: Option<&FailureList<'_>>,
    run: &mut RunSubscribers<'_>,
) -> Result<Option<EmitStats>, Box<TooDeep>> {
    let WrappedSync {
        topic,
        event,
        emit_context,
        policy,
        middlewares,
    } = emit;
    let EmitContext {
        info,
        origin,
        emit_limits,
        site,
        ..
    } = emit_context;
    let _guard = EmitGuard::try_enter(info, emit_limits.limit(), site)?;
    let data = EmitCallData::new(EmitDetails {
        emission: current_emission(topic, origin.cloned(), 1, OwnSubscription::default()),
        event,
        is_from_queue: false,
        policy: Box::new(policy.clone()),
    });
    let own = FailureList::new();
    let rest = Rest {
        run: RefCell::new(run),
        failures: failures.unwrap_or(&own),
        stats: Cell::new(None),
    };
    SyncEmit::new(&data, &middlewares, &rest).run();
    let stats = rest.stats.take();
    for failure in data.take_failures() {
        rest.failures.push(failure);
    }
    log::failures(own.into_inner());
    drop_catching(middlewares);
    Ok(stats)
}

/// The subscribers of a sync emission.
struct Rest<'r, 'f> {
    run: RefCell<&'r mut RunSubscribers<'f>>,
    failures: &'r FailureList<'r>,
    stats: Cell<Option<EmitStats>>,
}

impl RunEmit for Rest<'_, '_> {
    fn run(&self) -> EmitCounts {
        let stats = (self.run.borrow_mut())(self.failures);
        let counts = EmitCounts::of(&stats, self.failures.len());
        self.stats.set(Some(stats));
        counts
    }
}

impl Core {
    /// Emits an event if it is withheld by the interceptor, or if there is middleware around emissions. With `logs` the
    /// failures are logged, and else returned.
    #[cold]
    #[inline(never)]
    pub(in crate::emit) fn emit_observed<F: Family>(
        &self,
        event: &mut F::Of<'_>,
        origin: Option<&Origin>,
        site: CallSite,
        (recording, logs): (Option<&Recording>, bool),
    ) -> Option<TryEmitResult> {
        if self.withholds(event, origin, site, EmitVerb::Emit) {
            self.record_not_run::<F>(recording, None, NotRun::Withheld);
            return Some(TryEmitResult::withheld(F::statics().info));
        }
        let middlewares = self.emit_middlewares()?;
        let slot = self.slot_with_patterns::<F>();
        let emit_context = self.emit_context::<F>(origin, site);
        let wrapped = WrappedSync {
            topic: emit_context.info.topic().into(),
            event: Some(emit_context.info),
            emit_context,
            policy: self.policy(),
            middlewares,
        };
        let run_event = |event: &mut dyn SlowEvent, failures: &FailureList<'_>| {
            let Some(slot) = slot else {
                return EmitStats::default();
            };
            let source = PlanSource::Slot(slot);
            if let Some(stats) = self.run_in_unit(source, event, emit_context, Some(failures)) {
                return stats;
            }
            let run = |plan: &_| run_and_defer(plan, event, emit_context, Some(failures));
            slot.with_plan(run).unwrap_or_default()
        };
        let (stats, error) = if <F::Of<'static> as Event>::__FAILS_CLOSED {
            let mut event = FailClosedEvent::new(&mut *event);
            let result = run_typed(wrapped, recording, logs, &mut |failures| {
                run_event(&mut event, failures)
            });
            result.1.iter().for_each(|error| event.refuse_for(error));
            result
        } else {
            let mut event = ErasedEvent::new::<F>(&mut *event);
            run_typed(wrapped, recording, logs, &mut |failures| {
                run_event(&mut event, failures)
            })
        };
        let why = match (&stats, &error) {
            (None, Some(EmitErrorKind::TooDeep(_))) => Some(NotRun::Refused),
            (None, _) => Some(NotRun::Withheld),
            (Some(stats), _) if stats.ran == 0 => Some(NotRun::FoundNone),
            _ => None,
        };
        if let Some(why) = why {
            self.record_unless_run::<F>(recording, why);
        }
        if error.is_none() && stats.as_ref().is_some_and(EmitStats::is_unheard) {
            self.emit_limits()
                .call_unheard_hook(&TypedView { event, origin });
        }
        Some(TryEmitResult::new(
            F::statics().info,
            stats.unwrap_or_default(),
            error,
        ))
    }
}

/// Runs the emission of an event with a type, inside its span.
fn run_typed(
    wrapped: WrappedSync<'_>,
    recording: Option<&Recording>,
    logs: bool,
    run: &mut RunSubscribers<'_>,
) -> (Option<EmitStats>, Option<EmitErrorKind>) {
    let EmitContext { info, origin, .. } = wrapped.emit_context;
    let span = log::emit_span(info.topic(), origin);
    let _entered = span.enter();
    let failures = FailureList::recording(recording);
    let result = run_wrapped(wrapped, (!logs).then_some(&failures), run);
    match result {
        Err(refusal) => (None, Some(EmitErrorKind::TooDeep(refusal))),
        Ok(stats) => {
            if stats.as_ref().is_some_and(EmitStats::is_unheard) {
                log::unheard(info.topic());
            }
            (stats, EmitErrorKind::of(failures.into_inner()))
        }
    }
}
