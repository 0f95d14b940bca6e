//! The options of a run-time subscription, as methods of its builder.
//!
//! - `plain_options`: when a handler is called, and in which order;
//! - `policy_options`: policies of the calls of handlers that run later;
//! - `unit_options`: when a handler is called, if its event is emitted in a unit of work.

mod plain_options;
mod policy_options;
mod unit_options;

pub(super) use plain_options::JOIN;
