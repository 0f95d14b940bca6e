//! What an emit returns, and how emitting or enqueueing an event can fail.
//!
//! - `emit_result`: an event with what its subscribers did, or an error that contains both
//! - `failure`: a subscriber that failed: by an error, by a panic, or because the event did not reach it
//! - `panic`: the panic of a handler
//! - `error_text`: the text of an error, with its chain of sources
//! - `failure_list`: the failures so far, while handlers run
//! - `queue_full`: an event that the queue did not accept, and why
//! - `too_deep`: an emit that was refused because it was nested too deep
//! - `waits_for_itself`: a call that was refused because it would wait for itself
//! - `refused_call`: a call that was refused, and an awaited subscriber that a sync emit meets
//! - `topic_chain`: the text of a chain of nested emits

mod emit_result;
mod error_text;
mod failure;
mod failure_list;
mod panic;
mod queue_full;
mod refused_call;
mod too_deep;
mod topic_chain;
mod waits_for_itself;

pub use emit_result::{EmitError, Emitted};
pub(crate) use emit_result::{EmitErrorKind, EmitStats};
pub use failure::{BoxError, Cause, FailedCheck, Failure};
pub(crate) use failure_list::FailureList;
pub use panic::{Panic, is_outside_tokio};
pub use queue_full::{QueueFull, Undelivered};
pub(crate) use refused_call::RefusedCall;
pub use refused_call::{NoCopy, NotAwaited};
pub use too_deep::TooDeep;
pub use waits_for_itself::WaitsForItself;
