//! The queue, and the deferred subscribers, which always run from it.

mod chains;
mod deferred;
mod destructors;
mod enqueue;
mod order;
mod stats;
mod take;
mod too_deep;

pub(crate) use enqueue::{Job, Other, enqueue_jobs, job, work};
