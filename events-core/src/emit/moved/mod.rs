//! Emits with a handle of a unit of work, into which the event is moved.
//!
//! - `emit_in`: the methods of the registry, and `emit_in_given`: the same with values for parameters;
//! - `moved_event`: what they do; `emit_in_async`: their futures;
//! - `unit_event`: which events are moved.

mod emit_in;
mod emit_in_async;
mod emit_in_given;
mod moved_event;
mod unit_event;

pub use emit_in_async::{EmitInAsync, TryEmitInAsync};
pub(crate) use unit_event::MovesIntoUnit;
pub use unit_event::UnitEvent;
