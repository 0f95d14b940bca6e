//! Values by type: the states of a scan, and what an emitter gives with an emit.
//!
//! - `by_type`: values by type
//! - `attached`: the values that integrations attach to a unit of work
//! - `given`: the values that are given with the emissions in progress on a thread

mod attached;
mod by_type;
mod given;

pub(crate) use attached::AttachedValues;
pub use by_type::ValuesByType;
pub(crate) use given::{GivenGuard, give, given};
