//! Code of a `tracing` layer that receives spans and records, and panics, stops a subscription or uses the queue.

mod in_the_queue;
mod links;
mod panics;
mod stopping;
