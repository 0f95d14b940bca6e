//! Waiting: for an event, for the queue, and for a time that passes in the test only.
//!
//! - `for_event`: waiting for an event that another thread or task emits;
//! - `retries`: how many failed calls were followed by a further attempt in that time;
//! - `time`: settling the queue, and letting time pass.

mod for_event;
mod retries;
mod time;
