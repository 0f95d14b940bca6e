//! Async emissions in progress.
//!
//! - `emission`: the state that the futures of async emits share, and its poll;
//! - `deferred_last`: the deferred handlers that are queued at the end.

mod deferred_last;
mod emission;

pub(super) use emission::AsyncEmission;
