//! Queueing a snapshot of an event for its background handlers.
//!
//! - `deferral`: selects the handlers, pushes the snapshot, and handles a full queue;
//! - `snapshot`: makes the snapshot.

mod deferral;
mod snapshot;

pub(super) use deferral::{Deferral, defer, defer_into, undelivered};
