//! Emissions with middleware around them. All of this is off the fast path: such middleware sets the depth limit of that to
//! 0, as an interceptor does.
//!
//! The emission is entered once, with one id, for the middleware and for the subscribers.
//!
//! - `sync_run`: sync emits, also by a topic;
//! - `async_run`: what async emits need; `job_run`: events from the queue, and `start_job`: how one of them is started.

mod async_run;
mod job_run;
mod start_job;
mod sync_run;

pub(super) use async_run::{WrappedAsync, begin};
pub(super) use job_run::start_wrapped;
pub(super) use sync_run::{WrappedSync, run_wrapped};
