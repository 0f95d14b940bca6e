//! The calls of awaited and background handlers through the middleware of their registry.
//!
//! - `wrapped_call`: the future of such a call; `callee`: what it calls in the end;
//! - `step_outcome`: how it returns the outcome.

mod callee;
mod step_outcome;
mod wrapped_call;

pub(super) use callee::Callee;
pub(super) use step_outcome::StepOutcome;
pub(super) use wrapped_call::call_wrapped;
