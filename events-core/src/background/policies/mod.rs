//! A limit on the concurrent calls of one handler.
//!
//! - `concurrency_limit`: a handler with the limit;
//! - `fair_semaphore`: its semaphore.

mod concurrency_limit;
mod fair_semaphore;

pub use concurrency_limit::ConcurrencyLimited;
