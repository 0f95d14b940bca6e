//! From an emit to the database: what is emitted in a transaction is staged in its unit of work, and written before the commit.
//!
//! - `batch`: the events that a unit has staged; `unit`: staging one in its transaction; `seaorm`: writing them in one of SeaORM;
//! - `stage`: storing an event that is emitted;
//! - `registered`: which registries have a store.

mod batch;
mod registered;
#[cfg(feature = "seaorm")]
mod seaorm;
mod stage;
mod unit;

pub use registered::{NotRegistered, check_registered, check_registered_for_write};
pub(crate) use registered::{add_registered, is_registered, remove_registered};
pub(crate) use stage::{Parent, Staging, millis, new_event};
pub(crate) use unit::stage_in;
