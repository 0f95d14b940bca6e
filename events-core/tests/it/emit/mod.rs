//! Emitting: what the emitter gets, in which order handlers run, and what a failure or a cancellation leaves.

mod async_cancellation;
pub(crate) mod async_emit;
mod async_failures;
mod counts;
mod failures;
mod nested;
mod no_subscriber;
mod one_time;
mod order;
mod sync_emit;
mod targets_by_path;
