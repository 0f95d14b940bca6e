//! Emitting: what the emitter gets, in which order handlers run, and what a failure or a cancellation leaves.

mod async_cancellation;
pub(crate) mod async_emit;
mod async_failures;
mod async_nesting;
mod failures;
mod nesting;
mod no_subscriber;
mod order;
mod stack;
mod sync_emit;
mod waits_for_itself;
