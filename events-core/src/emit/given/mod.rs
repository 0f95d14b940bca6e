//! Emitting with values for the parameters of the subscribers.
//!
//! - `emitting`: the builder of such an emit, with its methods
//! - `with_values`: the future of an async one
//! - `unit_of_call`: the unit of work of a call

mod emitting;
mod unit_of_call;
mod with_values;

pub use emitting::Emitting;
pub(super) use unit_of_call::{enter_unit_of_emit, values_in_unit};
pub use with_values::WithValues;
