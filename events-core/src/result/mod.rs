//! What an emit returns, and how emitting or enqueueing an event can fail.
//!
//! - `emit_result`: an event with what its subscribers did, or an error that contains both
//! - `failures`: a subscriber that failed: by an error, by a panic, or because the event did not reach it
//! - `failure_list`: the failures so far, while handlers run, and what is wrong with an emit
//! - `outcomes`: what became of each subscriber, as an emit records it
//! - `subscriber_outcome`: what became of one subscriber of an event
//! - `queue_full`: an event that the queue did not accept, and why
//! - `timed_out`: a call that took longer than its timeout
//! - `too_deep`: an emit that was refused because it was nested too deep
//! - `waits_for_itself`: a call that was refused because it would wait for itself
//! - `refused_call`: a call that was refused, and an awaited subscriber that a sync emit meets
//! - `topic_chain`: the text of a chain of nested emits

mod emit_result;
mod failure_list;
mod failures;
mod outcomes;
mod queue_full;
mod refused_call;
mod subscriber_outcome;
mod timed_out;
mod too_deep;
mod topic_chain;
mod waits_for_itself;

pub(crate) use emit_result::EmitStats;
pub use emit_result::{EmitError, Emitted};
pub(crate) use failure_list::{EmitErrorKind, FailureList};
pub use failures::{
    BoxError, Cause, FailedCheck, Failure, MiddlewarePanic, Panic, ParamError, is_outside_tokio,
};
pub(crate) use failures::{FailedEmission, Failures, error_text};
pub(crate) use outcomes::{NotRun, Outcomes, PlanSubscribers, Recording};
pub use queue_full::{QueueFull, Undelivered};
pub(crate) use refused_call::RefusedCall;
pub use refused_call::{NoCopy, NotAwaited};
pub use subscriber_outcome::{NotReached, SkipReason, SubscriberOutcome};
pub use timed_out::TimedOut;
pub use too_deep::TooDeep;
pub use waits_for_itself::WaitsForItself;
