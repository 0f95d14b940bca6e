//! result.

mod emit_result;
mod failure;
mod failure_list;
mod queue_full;

pub use emit_result::{EmitError, Emitted, TooDeep};
pub(crate) use emit_result::{Told, Trouble};
pub(crate) use failure::drop_contained;
pub use failure::{BoxError, Cause, Failure, Panic};
pub(crate) use failure_list::Failures;
pub use queue_full::{QueueFull, Undelivered};
