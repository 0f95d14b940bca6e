//! result.

mod emit_result;
mod failure;
mod failure_list;
mod queue_full;
mod too_deep;

pub use emit_result::{EmitError, Emitted};
pub(crate) use emit_result::{Told, Trouble};
pub use failure::{BoxError, Cause, Failure, Panic};
pub(crate) use failure_list::Failures;
pub use queue_full::{QueueFull, Undelivered};
pub use too_deep::TooDeep;
