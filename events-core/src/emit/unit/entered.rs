//! Emits without a handle, in the unit of work that the thread has entered: a copy of the event is held for the subscribers
//! that do not run at once.

use std::{mem, rc::Rc, sync::Arc};

use super::{
    hold::Hold,
    plan_source::{Later, PlanSource, own_topic},
    room::Room,
};
use crate::{
    background::HeldEvent,
    context::{EmissionState, EmitGuard, emission_state, failed_emission, log},
    emit::{
        context::EmitContext,
        dispatch::{SlowEvent, run_and_defer},
    },
    handler::ErasedEventRef,
    metadata::{Origin, UnitPhase},
    queue::Places,
    registry::{Core, Registry},
    result::{Cause, EmitStats, Failure, FailureList, TooDeep, Undelivered},
    unit::{HeldItem, Placed, UnitHandle, entered_unit, is_in_unit},
};

/// An emit without a handle, of a registry, in a unit that is entered.
pub(in crate::emit) struct EnteredEmit {
    unit: Rc<UnitHandle>,
    registry: Registry,
}

impl EnteredEmit {
    /// `None` if this thread has entered no unit.
    pub(in crate::emit) fn of(core: &Core) -> Option<Self> {
        if !is_in_unit() {
            return None;
        }
        Some(Self {
            unit: entered_unit()?,
            registry: Registry::of_core(core)?,
        })
    }

    /// Takes a place in the unit, and reserves room in the queue. `None` if the event has no subscribers that do not run at
    /// once, or if the unit was committed: then the emit is one without a unit.
    fn begin(&self, source: PlanSource<'_>) -> Option<HoldCopy> {
        if !source.is_divided() {
            return None;
        }
        HoldCopy::begin(&self.unit, &self.registry, source)
    }

    /// Room in the queue. An error too if the unit was rolled back; `None` if it was committed: then the event goes to the
    /// queue now.
    pub(in crate::emit) fn room(&self, places: Places) -> Option<Result<Room, Undelivered>> {
        match self.unit.ended() {
            None => Some(Room::reserve(&self.registry, places)),
            Some(ended) if ended.is_committed() => None,
            Some(_) => Some(Err(Undelivered::UnitEnded)),
        }
    }

    /// Holds this, if the unit is open. Else it is returned; see [`room`](Self::room).
    pub(in crate::emit) fn hold_if_open<H: HeldItem + 'static>(&self, held: H) -> Result<(), H> {
        self.unit.hold_if_open(held)
    }
}

impl Core {
    /// Runs the subscribers that run at once, and holds a copy of the event for the others, if this thread has entered a unit
    /// of work. The caller holds the guard of the emit.
    pub(in crate::emit) fn run_in_unit(
        &self,
        source: PlanSource<'_>,
        event: &mut (impl SlowEvent + ?Sized),
        emit_context: EmitContext<'_>,
        failures: Option<&FailureList<'_>>,
    ) -> Option<EmitStats> {
        let hold = EnteredEmit::of(self)?.begin(source)?;
        Some(run(hold, source, event, emit_context, failures))
    }

    /// The same for a caller that holds no guard. It has entered the span of the emit.
    pub(in crate::emit) fn emit_in_unit(
        &self,
        source: PlanSource<'_>,
        event: &mut impl SlowEvent,
        emit_context: EmitContext<'_>,
        failures: Option<&FailureList<'_>>,
    ) -> Option<Result<EmitStats, Box<TooDeep>>> {
        let hold = EnteredEmit::of(self)?.begin(source)?;
        let EmitContext { info, site, .. } = emit_context;
        let limit = emit_context.emit_limits.limit();
        Some(
            EmitGuard::try_enter(info, limit, site)
                .map(|_guard| run(hold, source, event, emit_context, failures)),
        )
    }
}

fn run(
    hold: HoldCopy,
    source: PlanSource<'_>,
    event: &mut (impl SlowEvent + ?Sized),
    emit_context: EmitContext<'_>,
    failures: Option<&FailureList<'_>>,
) -> EmitStats {
    let ran = source.with_plan(UnitPhase::AtOnce, |plan| {
        run_and_defer(plan, event, emit_context, failures)
    });
    if let Some(failures) = failures.and_then(FailureList::if_recorded) {
        failures.set_held(source.held());
    }
    let mut stats = ran.unwrap_or_default();
    if stats.stopped_by.is_none()
        && let Some(event) = event.lend()
    {
        let mut fail = |failure| match failures {
            Some(failures) => failures.push(failure),
            None => log::failure(failure),
        };
        hold.hold(source, event, emit_context.origin, &mut stats, &mut fail);
    }
    stats
}

/// What an emit that holds a copy of its event has in its unit, from its beginning to its end.
pub(in crate::emit) struct HoldCopy {
    registry: Registry,
    later: Later,
    /// An error if the unit was rolled back before, or if the queue is full: the subscribers that do not run at once fail.
    hold: Result<Hold, Undelivered>,
}

impl HoldCopy {
    /// Takes a place in the unit, and reserves room in the queue. `None` if the unit was committed.
    pub(super) fn begin(
        unit: &UnitHandle,
        registry: &Registry,
        source: PlanSource<'_>,
    ) -> Option<Self> {
        let place = match unit.open_place() {
            Ok(Placed::At(place)) => Some(place),
            Ok(Placed::Committed) => return None,
            Err(ended) if ended.is_committed() => return None,
            Err(_) => None,
        };
        let later = source.later();
        let hold = match place {
            Some(_) => Hold::reserve(place, registry, later.places),
            None => Err(Undelivered::UnitEnded),
        };
        Some(Self {
            registry: registry.clone(),
            later,
            hold,
        })
    }

    /// Holds a copy of the event, which the subscribers that run at once have received. The emission is the innermost one of
    /// this thread.
    pub(super) fn hold(
        self,
        source: PlanSource<'_>,
        event: ErasedEventRef<'_>,
        origin: Option<&Origin>,
        stats: &mut EmitStats,
        fail: &mut dyn FnMut(Failure),
    ) {
        if !self.later.has_subscribers {
            return;
        }
        let after_commit = self.later.after_commit;
        let state = emission_state(self.registry.core().may_take_emission());
        // With none after the commit, the emit itself reports an event that no subscriber received.
        let is_received = after_commit == 0 || !stats.is_unheard();
        match self.try_hold(source, event, origin, (state, is_received)) {
            Ok(()) => stats.deferred += after_commit,
            Err(cause) => {
                stats.set_unreached();
                fail_each(source, cause, origin, fail);
            }
        }
    }

    fn try_hold(
        self,
        source: PlanSource<'_>,
        event: ErasedEventRef<'_>,
        origin: Option<&Origin>,
        (state, is_received): (EmissionState, bool),
    ) -> Result<(), Cause> {
        let hold = self.hold.map_err(Cause::Undelivered)?;
        let Some(event_type) = source.event_type(self.registry.core()) else {
            return Ok(()); // all of its subscribers were removed meanwhile
        };
        let topic = own_topic(event);
        let event = HeldEvent::copy(event, event_type.view, event_type.lend);
        let event = event.map_err(|why| match why {
            Cause::NoCopy(why) => Cause::NoCopy(why.in_unit()),
            why => why,
        })?;
        let about = (topic, origin.cloned(), state);
        hold.fill(event, event_type, about, is_received)
            .map_err(|_| Cause::Undelivered(Undelivered::UnitEnded))
    }
}

/// Reports to each subscriber that does not run at once that the event does not reach it. The emission is the innermost one
/// of this thread.
pub(in crate::emit) fn fail_each(
    source: PlanSource<'_>,
    mut cause: Cause,
    origin: Option<&Origin>,
    fail: &mut dyn FnMut(Failure),
) {
    source.for_each_later(|plan, subscriber| {
        let next = match &cause {
            Cause::NoCopy(why) => Cause::NoCopy(why.clone()),
            Cause::Undelivered(why) => Cause::Undelivered(*why),
            _ => Cause::Undelivered(Undelivered::NotCopied),
        };
        let cause = mem::replace(&mut cause, next);
        let emission = failed_emission(subscriber.topic.clone(), origin);
        fail(plan.policy().fail(Arc::clone(subscriber), cause, emission));
    });
}
