//! Floor 6, queue: who empties a registry's queue, and when.
//!
//! - `drive` runs what waits, as a future that knows no runtime;
//! - `flush` drives until nothing waits, `worker` for good, and `shutdown` to an end;
//! - `settle` flushes and waits for the workers;
//! - `park` waits for a future on the thread that it is on;
//! - `handle` is what users hold.

mod drive;
mod flush;
mod handle;
mod park;
mod settle;
mod shutdown;
mod worker;

pub use flush::{Flush, FlushAfter, FlushOnDrop, Flushed, flush_after, flush_after_async};
pub use handle::Queue;
pub(crate) use park::park_on;
pub use settle::Settle;
pub use shutdown::{Shutdown, Unfinished, UnfinishedEvent};
pub use worker::{Work, Worker};
