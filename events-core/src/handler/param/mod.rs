//! The parameters that a handler may have besides its event.
//!
//! - `trait_param`: the trait of their types, which other crates implement too
//! - `prepare`: what a parameter can request when its subscriber is registered
//! - `call_context`: what it can request of a call; `call`: what generated code uses for it
//! - `state`, `emission`: the two parameters of this crate

mod call;
mod call_context;
mod emission;
mod prepare;
mod state;
mod trait_param;

pub use call::{CallProbe, CallSlot, NeedsCall, NoParam, not_acquired};
pub use call_context::{CallContext, MissingValue};
pub(crate) use prepare::PrepareErrorKind;
pub use prepare::{MissingState, Prepare, PrepareError};
pub use state::State;
pub use trait_param::Param;

/// The values that were registered with scans.
#[doc(hidden)]
pub use crate::context::ValuesByType as States;
