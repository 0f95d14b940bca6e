//! The slow path of sync emits: it logs or reports the result, and finds out whether the emit is in a unit of work.

use super::{
    context::EmitContext,
    dispatch::{SlowEvent, run_slow},
    unit::PlanSource,
};
use crate::{
    context::log,
    handler::ErasedEvent,
    plan::Slot,
    registry::Core,
    result::{EmitErrorKind, EmitStats, FailureList, NotRun, Recording, TooDeep},
    unit::is_in_unit,
};

impl Core {
    /// Runs the plan of the slot on the slow path, and logs failures. `None` if the depth limit refused the
    /// emit.
    #[cold]
    #[inline(never)]
    pub(super) fn emit_slow_to(
        &self,
        slot: Option<&Slot>,
        event: &mut ErasedEvent<'_>,
        emit_context: EmitContext<'_>,
    ) -> Option<EmitStats> {
        let result = self.run_slow(slot, event, emit_context, None);
        result.map_err(|refusal| log::refusal(&refusal)).ok()
    }

    /// Runs the plan of the slot on the slow path, and reports the result.
    pub(super) fn try_emit_to(
        &self,
        slot: Option<&Slot>,
        event: &mut impl SlowEvent,
        emit_context: EmitContext<'_>,
        recording: Option<&Recording>,
    ) -> (EmitStats, Option<EmitErrorKind>) {
        let failures = FailureList::recording(recording);
        let result = self.run_slow(slot, event, emit_context, Some(&failures));
        match result {
            Err(refusal) => {
                record_not_run(slot, recording, NotRun::Refused);
                (EmitStats::default(), Some(EmitErrorKind::TooDeep(refusal)))
            }
            Ok(stats) => {
                if stats.ran == 0
                    && let Some(slot) = slot.filter(|slot| slot.is_muted())
                {
                    record_not_run(Some(slot), recording, NotRun::FoundNone);
                }
                let error = EmitErrorKind::of(failures.into_inner());
                (stats, error)
            }
        }
    }

    /// Runs the plan of the slot or, in a unit of work, that of the subscribers that run at once.
    fn run_slow(
        &self,
        slot: Option<&Slot>,
        event: &mut impl SlowEvent,
        emit_context: EmitContext<'_>,
        failures: Option<&FailureList<'_>>,
    ) -> Result<EmitStats, Box<TooDeep>> {
        if let Some(slot) = slot.filter(|slot| is_in_unit() && slot.is_divided_in_unit()) {
            let span = log::emit_span(emit_context.info.topic(), emit_context.origin);
            let _entered = span.enter();
            let source = PlanSource::Slot(slot);
            if let Some(ran) = self.emit_in_unit(source, event, emit_context, failures) {
                return ran;
            }
        }
        run_slow(slot, event, emit_context, failures)
    }
}

/// Records that an emit ran no plan, unless it has recorded one.
#[cold]
#[inline(never)]
fn record_not_run(slot: Option<&Slot>, recording: Option<&Recording>, why: NotRun) {
    let Some(recording) = recording else {
        return;
    };
    recording.change(|outcomes| {
        if !outcomes.has_plan() {
            outcomes.set_not_run(why, slot.and_then(|slot| slot.for_record(why)));
        }
    });
}
