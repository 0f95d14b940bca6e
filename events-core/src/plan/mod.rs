//! plan.

mod entry;
mod event_plan;
pub(crate) mod order;
mod pattern_entry;
mod plan_cell;
mod slot;
mod slot_table;

pub(crate) use entry::{Conflict, Entry, plan};
pub(crate) use event_plan::{HandlerKind, Plan};
pub(crate) use order::{Phase, Position, Rank};
pub(crate) use pattern_entry::PatternEntry;
pub(crate) use plan_cell::Found;
pub use slot::Slot;
pub(crate) use slot::{Retired, Staged};
pub(crate) use slot_table::{EventType, Slots, default_slot};
