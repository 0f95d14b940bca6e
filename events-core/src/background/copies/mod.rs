//! Background handlers of events of any type, and the copy of the event that they receive.
//!
//! - `run_event`: the event of a background run, which may be such a copy;
//! - `held_event`: an event of any type that is owned;
//! - `copy_cell`: the copy that the handlers of one run share;
//! - `filtered_copy_handler`: one of the handlers, with its filter.

mod copy_cell;
mod filtered_copy_handler;
mod held_event;
mod run_event;
mod starter_copy;

pub(crate) use copy_cell::{Copies, CopyCell, copy_event};
pub(crate) use filtered_copy_handler::FilteredCopyHandler;
pub(crate) use held_event::HeldEvent;
pub(crate) use run_event::{ChainEvent, RunEvent};
