//! Running the queue of a registry: flushes, workers and the shutdown.
//!
//! A *driver* is the poll loop that pops the jobs of a queue and runs them; it needs no runtime. A
//! *flush* drives until the queue is empty, a *worker* until the queue is shut down, and a *shutdown*
//! until a deadline, after which it returns the events that are left.
//!
//! - `driver`: the poll loop;
//! - `flush`: flushes, and the attribute and functions that flush at the end of a function;
//! - `spawn`: workers, as a thread, a tokio task or a future;
//! - `settle`: a flush that also waits for workers, shutdowns and other flushes;
//! - `shutdown`: the shutdown; `unfinished`: the events that it returns;
//! - `block_on`: blocks the thread on a future, and starts a thread that does so;
//! - `tokio_thread`: whether that would block the only thread of a tokio runtime;
//! - `test_time`: the time of a registry as a test moves it on;
//! - `stop_subscription`: waits for the calls of a handler that is unsubscribed;
//! - `queue_handle`: `Queue`, the public handle.

mod block_on;
mod driver;
mod flush;
mod queue_handle;
mod settle;
mod shutdown;
mod spawn;
mod stop_subscription;
mod test_time;
mod tokio_thread;
mod unfinished;

pub(crate) use block_on::spawn_thread;
pub use flush::{Flush, FlushAfter, FlushOnDrop, Flushed, flush_after, flush_after_async};
pub use queue_handle::Queue;
pub use settle::Settle;
pub use shutdown::Shutdown;
pub use spawn::{Work, Worker};
pub use test_time::TestTime;
#[cfg(feature = "tokio")]
pub(crate) use tokio_thread::is_current_thread_runtime;
pub(crate) use tokio_thread::{is_driving_current_thread_runtime, refuse};
pub use unfinished::{Unfinished, UnfinishedEvent};
