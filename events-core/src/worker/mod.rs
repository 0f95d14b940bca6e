//! Floor 6, queue: who empties a registry's queue, and when.
//!
//! - `drive` runs what waits, as a future that knows no runtime;
//! - `flush` drives until nothing waits, `worker` for good, and `shutdown` to an end;
//! - `settle` flushes and waits for the workers;
//! - `park` waits for a future on the thread that it is on;
//! - `handle` is what users hold.

mod block_on;
mod driver;
mod flush;
mod queue_handle;
mod settle;
mod shutdown;
mod spawn;

pub(crate) use block_on::block_on_until;
pub use flush::{Flush, FlushAfter, FlushOnDrop, Flushed, flush_after, flush_after_async};
pub use queue_handle::Queue;
pub use settle::Settle;
pub use shutdown::{Shutdown, Unfinished, UnfinishedEvent};
pub use spawn::{Work, Worker};
