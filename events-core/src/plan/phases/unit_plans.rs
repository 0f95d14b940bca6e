//! The plans of an event type for events that are emitted in a unit of work: one for each of its phases. They are made when
//! the first such event is emitted, and built when one is needed.

use std::sync::Arc;

use crate::{
    metadata::UnitPhase,
    plan::{
        event_plan::Plan,
        plan_cell::{Held, PlanCell},
    },
};

/// One plan for each phase of a unit. Each contains the plan of all entries of that phase, or is stale.
pub(in crate::plan) struct UnitPlans([PlanCell<Plan>; 3]);

impl UnitPlans {
    /// The plans of all phases, which are to be built.
    pub(in crate::plan) fn new() -> Self {
        let stale = || {
            let plan = PlanCell::new();
            plan.set_stale();
            plan
        };
        Self([stale(), stale(), stale()])
    }

    fn cell(&self, phase: UnitPhase) -> &PlanCell<Plan> {
        &self.0[phase as usize]
    }

    /// The plan of a phase; if it is stale, `rebuild` stores the new one.
    pub(in crate::plan) fn load(
        &self,
        phase: UnitPhase,
        rebuild: impl Fn(),
    ) -> Option<Held<'_, Plan>> {
        self.cell(phase).load(rebuild)
    }

    /// Whether the plan of a phase is to be built.
    pub(in crate::plan) fn is_stale(&self, phase: UnitPhase) -> bool {
        self.cell(phase).is_stale()
    }

    /// Stores the plan of a phase that is stale.
    pub(in crate::plan) fn store(&self, phase: UnitPhase, plan: Option<Plan>) {
        // A stale plan has no predecessor that is to be dropped.
        self.cell(phase).swap(plan);
    }

    /// Marks all as stale. Returns the plans, which the caller drops while no lock is held.
    pub(in crate::plan) fn set_stale(&self) -> impl Iterator<Item = Arc<Plan>> {
        self.0.iter().filter_map(PlanCell::set_stale)
    }
}
