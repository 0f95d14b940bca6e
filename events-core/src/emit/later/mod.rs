//! Events that are enqueued later: when their time has come.
//!
//! - `enqueue_later`: scheduling an event;
//! - `methods`: the methods of the registry;
//! - `scheduled`: the handle of a scheduled event.

mod enqueue_later;
mod methods;
mod scheduled;

pub use scheduled::Scheduled;
