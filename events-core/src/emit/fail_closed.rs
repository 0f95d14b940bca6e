//! An event that fails closed, on the slow path of a sync emit.

use super::dispatch::{SlowEvent, run_chain};
use crate::{
    context::{refuse, refuse_for},
    event::Event,
    handler::{ErasedEventRef, erase},
    metadata::Origin,
    plan::Plan,
    result::{EmitErrorKind, EmitStats, FailedCheck, FailureList},
};

/// An event that fails closed, on the slow path.
pub(super) struct FailClosedEvent<'e, E> {
    event: &'e mut E,
    /// How many failures have refused it.
    refused_for: usize,
}

impl<'e, E: Event> FailClosedEvent<'e, E> {
    pub(super) fn new(event: &'e mut E) -> Self {
        let refused_for = 0;
        Self { event, refused_for }
    }

    /// Refuses the event because of what failed since its chain has run.
    pub(super) fn refuse_for(&mut self, error: &EmitErrorKind) {
        match error {
            EmitErrorKind::Failed(_) => refuse(self.event, &error.failures()[self.refused_for..]),
            EmitErrorKind::TooDeep(why) => refuse_for(self.event, [FailedCheck::of_refusal(why)]),
        }
    }
}

impl<E: Event> SlowEvent for FailClosedEvent<'_, E> {
    fn run_chain(
        &mut self,
        plan: &Plan,
        origin: Option<&Origin>,
        failures: Option<&FailureList<'_>>,
    ) -> EmitStats {
        let stats = run_chain(plan, &mut erase(self.event), origin, failures).into_stats();
        if let Some(failures) = failures {
            self.refused_for = failures.len();
            failures.with(|failures| refuse(self.event, failures));
        }
        stats
    }

    fn lend(&self) -> Option<ErasedEventRef<'_>> {
        self.event.__owned().map(ErasedEventRef::of)
    }
}
