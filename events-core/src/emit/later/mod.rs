//! Events that are enqueued later: when their time has come.
//!
//! - `enqueue_later`: scheduling an event;
//! - `can_wait`: which events may be enqueued;
//! - `enqueue_in_unit`: enqueueing in a unit of work, whose commit is that time; `schedule_in_unit`: scheduling in one;
//! - `methods`: the methods of the registry;
//! - `scheduled`: the handle of a scheduled event.

pub(super) mod can_wait;
mod enqueue_in_unit;
mod enqueue_later;
mod methods;
mod schedule_in_unit;
mod scheduled;

pub use scheduled::Scheduled;
