//! From an emit to the database: what is emitted in a transaction is staged in its unit of work, and written before the commit.
//!
//! - `batch`: the events that a unit has staged; `stage`: storing an event that is emitted;
//! - `registered`: which registries have a store.

mod batch;
mod registered;
mod stage;

pub(crate) use batch::stage_in;
pub use registered::{NotRegistered, check_registered};
pub(crate) use registered::{add_registered, remove_registered};
pub(crate) use stage::{Parent, millis, new_event, store_fn};
