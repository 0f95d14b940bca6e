//! result.

mod emit_result;
mod failure;
mod failure_list;
mod queue_full;
mod too_deep;

pub use emit_result::{EmitError, Emitted};
pub(crate) use emit_result::{EmitErrorKind, EmitStats};
pub use failure::{BoxError, Cause, Failure, Panic};
pub(crate) use failure_list::FailureList;
pub use queue_full::{QueueFull, Undelivered};
pub use too_deep::TooDeep;
