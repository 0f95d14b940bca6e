//! The calls of awaited and background handlers through the middleware of their registry.
//!
//! - `wrapped_call`: the future of such a call; `callee`: what it calls in the end;
//! - `starter_call`: the call of a background handler;
//! - `step_outcome`: how it returns the outcome.

mod callee;
mod starter_call;
mod step_outcome;
mod wrapped_call;

pub(super) use callee::Callee;
pub(super) use step_outcome::StepOutcome;
pub(super) use wrapped_call::call_wrapped;
