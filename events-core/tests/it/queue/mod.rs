//! The queue, and the deferred subscribers, which always run from it.

mod deferred;
mod destructors;
mod enqueue;

pub(crate) use enqueue::{Job, Other, enqueue_jobs, job, work};
