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
