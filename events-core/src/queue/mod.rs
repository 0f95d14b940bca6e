//! queue.

mod bounded_queue;
mod idle;
mod in_flight;
mod job;
mod job_context;
mod typed_fifo;
mod waiters;
mod workers;

pub(crate) use bounded_queue::{PushError, PushErrorKind};
pub(crate) use in_flight::{InFlight, JobSlot};
pub(crate) use job::{
    ClonedEventJob, JobProgress, JobQueue, JobResult, JobVtable, PoppedJob, QueueOwner, RunningJob,
    UnfinishedJob, push,
};
pub(crate) use job_context::{JobContext, enter, is_inside};
pub(crate) use waiters::Waiter;
pub(crate) use workers::Workers;
