//! The queue, and what runs its events: flushes, workers and shutdowns.

mod deferred;
mod destructors;
mod enqueue;
mod flush;
mod in_progress;
mod nested_queues;
mod runtimes;
mod settle;
mod shutdown;
mod workers;

use std::time::Duration;

/// Longer than anything here takes that ends at all.
const LONG: Duration = Duration::from_secs(60);
