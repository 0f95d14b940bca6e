//! When the subscribers of an event run.
//!
//! - `phase`: the phases of an emit, and those of a unit of work, in which subscribers are ordered;
//! - `selection`: which of the subscribers of an event an emission calls;
//! - `unit_plans`: the plans of an event type for events that are emitted in a unit of work.

mod phase;
mod selection;
mod unit_plans;

pub(super) use phase::may_precede;
pub(crate) use phase::{Phase, unit_phase_of};
pub(crate) use selection::Selection;
pub(super) use unit_plans::UnitPlans;
