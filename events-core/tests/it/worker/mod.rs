//! What runs the events of a queue: flushes, workers and shutdowns.

mod draining;
mod flush;
mod in_progress;
mod nested_queues;
mod runtimes;
mod settle;
mod shutdown;
mod waits;
mod wakes;
mod workers;

use std::time::Duration;

pub(crate) use waits::{Busy, Quick, WAITS, Waits};
pub(crate) use wakes::Inline;

/// Longer than anything here takes that ends at all.
const LONG: Duration = Duration::from_secs(60);
