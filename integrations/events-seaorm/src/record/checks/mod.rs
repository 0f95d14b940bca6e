//! The checks of a write: the subscribers of the event before it.
//!
//! - `before_write`: the events, and what their subscribers decide;
//! - `veto`: the error of a write that they refused.

mod before_write;
mod veto;

pub(crate) use before_write::Checks;
pub use veto::{FailedCheck, failed_check, veto_reason};
