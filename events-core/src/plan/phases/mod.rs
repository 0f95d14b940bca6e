//! When the subscribers of an event run.
//!
//! - `phase`: the phases of an emit, and those of a unit of work, in which subscribers are ordered;
//! - `unit_plans`: the plans of an event type for events that are emitted in a unit of work.

mod phase;
mod unit_plans;

pub(super) use phase::may_precede;
pub(crate) use phase::{Phase, unit_phase_of};
pub(super) use unit_plans::UnitPlans;
