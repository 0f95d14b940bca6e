//! An event that is moved into a unit of work: it is emitted to the subscribers that run at once, and then the unit holds it.

use std::sync::Arc;

use super::unit_event::UnitEvent;
use crate::{
    background::{ChainEvent, HeldEvent},
    context::{EmissionState, EmitGuard, ValuesByType, emission_state, log},
    emit::{
        context::{CallSite, EmitContext},
        dispatch::run_and_defer,
        given::enter_unit_of_emit,
        unit::{EmitInError, EmitInErrorKind, Hold, Later, PlanSource, fail_each},
        wrapped::{WrappedSync, run_wrapped},
    },
    metadata::{EmitVerb, Origin, UnitPhase},
    plan::EventType,
    primitives::drop_catching,
    registry::{Registry, enter_for_handlers},
    result::{
        Cause, EmitError, EmitErrorKind, EmitStats, Emitted, FailureList, NotRun, Outcomes,
        Recording, TooDeep,
    },
    unit::{Placed, UnitHandle},
};

/// Where an event is emitted: the registry and the unit, and the values for the parameters of its subscribers.
pub(super) type EmitScope<'t> = (&'t Registry, &'t UnitHandle, Option<&'t Arc<ValuesByType>>);

/// Emits in a unit, and logs failures.
pub(super) fn emit_and_log<E: UnitEvent>(
    (registry, unit, values): EmitScope<'_>,
    event: E,
    origin: Option<Origin>,
    site: CallSite,
) {
    let _current = enter_for_handlers(registry);
    let _in_unit = enter_unit_of_emit(unit, values, E::topic());
    let emit = EmitIn::new::<E>(registry, unit, origin, site);
    if let Err(failure) = emit.emit(event, None) {
        emit.log(failure);
    }
}

/// Emits in a unit, and returns the result.
pub(super) fn try_emit<E: UnitEvent>(
    (registry, unit, values): EmitScope<'_>,
    event: E,
    origin: Option<Origin>,
    site: CallSite,
) -> Result<Emitted<()>, EmitInError<E>> {
    let _current = enter_for_handlers(registry);
    let _in_unit = enter_unit_of_emit(unit, values, E::topic());
    let emit = EmitIn::new::<E>(registry, unit, origin, site);
    let recording = Recording::new(Outcomes::OF_SYNC_EMIT);
    let result = emit.emit(event, Some(&recording));
    let outcomes = recording.into_outcomes();
    match result {
        Ok(stats) => Ok(Emitted::new((), stats, outcomes)),
        Err(failure) => {
            let (event, why) = failure.into_why(outcomes, E::topic());
            let event = event.and_then(HeldEvent::into_event);
            Err(EmitInError::new(E::topic(), event, why))
        }
    }
}

/// An emit in a unit, with a handle.
struct EmitIn<'e> {
    registry: &'e Registry,
    unit: &'e UnitHandle,
    event_type: EventType,
    origin: Option<Origin>,
    site: CallSite,
}

/// Why an event was not emitted, or what failed, with the event if it was not emitted.
struct EmitInFailure {
    event: Option<HeldEvent>,
    cause: FailureCause,
}

enum FailureCause {
    /// The event was not emitted, or not held.
    NotHeld(EmitInErrorKind),
    /// Subscribers failed, with what each did.
    Failed(Box<(EmitStats, EmitErrorKind)>),
}

impl EmitInFailure {
    fn of(event: HeldEvent, why: EmitInErrorKind) -> Self {
        Self {
            event: Some(event),
            cause: FailureCause::NotHeld(why),
        }
    }

    /// The event, if it was not emitted, and why or what failed.
    fn into_why(
        self,
        outcomes: Outcomes,
        topic: &'static str,
    ) -> (Option<HeldEvent>, EmitInErrorKind) {
        let why = match self.cause {
            FailureCause::NotHeld(why) => why,
            FailureCause::Failed(failed) => {
                let (stats, kind) = *failed;
                let emitted = Emitted::new((), stats, outcomes);
                EmitInErrorKind::Failed(Box::new(EmitError::new(emitted, topic.into(), kind)))
            }
        };
        (self.event, why)
    }
}

impl<'e> EmitIn<'e> {
    fn new<E: UnitEvent>(
        registry: &'e Registry,
        unit: &'e UnitHandle,
        origin: Option<Origin>,
        site: CallSite,
    ) -> Self {
        Self {
            registry,
            unit,
            event_type: EventType::of::<E>(),
            origin: origin.or_else(E::__default_origin),
            site,
        }
    }

    /// Emits the event, unless the interceptor withholds it.
    fn emit<E: UnitEvent>(
        &self,
        mut event: E,
        recording: Option<&Recording>,
    ) -> Result<EmitStats, EmitInFailure> {
        let core = self.registry.core();
        core.warn_if_unscanned();
        if core.withholds(&mut event, self.origin.as_ref(), self.site, EmitVerb::Emit) {
            core.record_not_run::<E>(recording, None, NotRun::Withheld);
            drop_catching(event);
            return Ok(EmitStats::default());
        }
        let EventType { view, lend, .. } = self.event_type;
        self.emit_erased(HeldEvent::new(Box::new(event), view, lend), recording)
    }
}

impl EmitIn<'_> {
    fn emit_erased(
        &self,
        mut event: HeldEvent,
        recording: Option<&Recording>,
    ) -> Result<EmitStats, EmitInFailure> {
        let core = self.registry.core();
        let source = core.slot_of(self.event_type).map(PlanSource::Slot);
        let place = match self.unit.open_place() {
            Ok(Placed::At(place)) => Some(place),
            // What would be held is delivered in the emit.
            Ok(Placed::Committed) => None,
            Err(ended) => return Err(EmitInFailure::of(event, EmitInErrorKind::Ended(ended))),
        };
        let later = source.map_or_else(Later::default, PlanSource::later);
        let hold = match Hold::reserve(place, self.registry, later.places) {
            Ok(hold) => hold,
            Err(why) => return Err(EmitInFailure::of(event, EmitInErrorKind::Undelivered(why))),
        };
        let span = log::emit_span(self.event_type.info.topic(), self.origin.as_ref());
        let _entered = span.enter();
        let failures = FailureList::recording(recording);
        let mut state = EmissionState::new(self.site);
        let held = later.after_commit;
        let ran = self.run(source, held, &mut event, &failures, &mut state);
        let (stats, is_received) = match ran {
            Ok(Some(ran)) => ran,
            Ok(None) => {
                // Middleware has withheld it.
                drop(event);
                return finish(EmitStats::default(), failures);
            }
            Err(why) => return Err(EmitInFailure::of(event, EmitInErrorKind::TooDeep(why))),
        };
        if let Some(failures) = failures.if_recorded()
            && let Some(source) = source
        {
            failures.set_held(source.held());
        }
        let mut is_held = Ok(());
        if stats.stopped_by.is_none() {
            let about = (None, self.origin.clone(), state);
            is_held = hold.fill(event, self.event_type, about, is_received);
        }
        if let Err(ended) = is_held {
            let _sink = core.pass_failures();
            log::failures(failures.into_inner());
            return Err(EmitInFailure {
                event: None,
                cause: FailureCause::NotHeld(EmitInErrorKind::EndedInEmit(ended)),
            });
        }
        finish(stats, failures)
    }

    /// Runs the subscribers that run at once through the middleware around emissions, which also receives how many run after
    /// the commit. Returns whether a subscriber has received the event; `None` if a middleware withholds it.
    fn run(
        &self,
        source: Option<PlanSource<'_>>,
        held: u32,
        event: &mut HeldEvent,
        failures: &FailureList<'_>,
        state: &mut EmissionState,
    ) -> Result<Option<(EmitStats, bool)>, Box<TooDeep>> {
        let core = self.registry.core();
        let emit_context = self.context();
        let mut is_received = false;
        let mut run = |failures: &FailureList<'_>| {
            let mut stats = EmitStats::default();
            if let Some(source) = source
                && let Some(mut event) = event.erase()
            {
                let of_plan = source.with_plan(UnitPhase::AtOnce, |plan| {
                    run_and_defer(plan, &mut event, emit_context, Some(failures))
                });
                stats = of_plan.unwrap_or_default();
            }
            *state = emission_state(core.may_take_emission());
            is_received = !stats.is_unheard();
            if stats.stopped_by.is_none() {
                stats.deferred += held;
            }
            stats
        };
        let info = self.event_type.info;
        let stats = match core.emit_middlewares() {
            None => {
                let limit = core.emit_limits().limit();
                let _guard = EmitGuard::try_enter(info, limit, self.site)?;
                Some(run(failures))
            }
            Some(middlewares) => {
                let emit = WrappedSync {
                    topic: info.topic().into(),
                    event: Some(info),
                    emit_context,
                    policy: core.policy(),
                    middlewares,
                };
                run_wrapped(emit, Some(failures), &mut run)?
            }
        };
        Ok(stats.map(|stats| (stats, is_received)))
    }

    fn context(&self) -> EmitContext<'_> {
        let core = self.registry.core();
        EmitContext {
            info: self.event_type.info,
            origin: self.origin.as_ref(),
            emit_limits: core.emit_limits(),
            queue: core.queue(),
            site: self.site,
        }
    }

    /// Logs why the event was not emitted, or what failed.
    #[cold]
    fn log(&self, failure: EmitInFailure) {
        let (event, why) = failure.into_why(Outcomes::NONE, self.event_type.info.topic());
        let about = (self.origin.as_ref(), self.site);
        log_refused(self.registry, self.event_type, about, why);
        drop(event);
    }
}

/// Logs why an event was not emitted, or what failed.
#[cold]
pub(super) fn log_refused(
    registry: &Registry,
    event_type: EventType,
    (origin, site): (Option<&Origin>, CallSite),
    why: EmitInErrorKind,
) {
    let core = registry.core();
    let topic = event_type.info.topic();
    let _sink = core.pass_failures();
    match why {
        EmitInErrorKind::Failed(error) => match error.into_parts().1 {
            EmitErrorKind::Failed(failures) => log::failures(failures),
            EmitErrorKind::TooDeep(why) => log::refusal(&why),
        },
        EmitInErrorKind::TooDeep(why) => log::refusal(&why),
        EmitInErrorKind::Ended(ended) => {
            log::not_in_unit(topic, site, "an event was not emitted", &ended);
        }
        EmitInErrorKind::EndedInEmit(ended) => {
            let what = "an event is not held for the subscribers that run later";
            log::not_in_unit(topic, site, what, &ended);
        }
        EmitInErrorKind::Undelivered(why) => {
            // A failure of each subscriber that does not run at once.
            if let Some(slot) = core.slot_of(event_type) {
                let limit = core.emit_limits().limit();
                let _guard = EmitGuard::enter(event_type.info, limit, site);
                let cause = Cause::Undelivered(why);
                fail_each(PlanSource::Slot(slot), cause, origin, &mut log::failure);
            }
        }
    }
}

/// The result of an emit whose event the unit has.
fn finish(stats: EmitStats, failures: FailureList<'_>) -> Result<EmitStats, EmitInFailure> {
    match EmitErrorKind::of(failures.into_inner()) {
        None => Ok(stats),
        Some(error) => Err(EmitInFailure {
            event: None,
            cause: FailureCause::Failed(Box::new((stats, error))),
        }),
    }
}
