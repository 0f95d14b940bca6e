//! The queue of a registry: jobs that wait for a worker, a flush or a shutdown to run them.
//!
//! A *job* is an enqueued event, or a *snapshot*: the clone of an emitted event together with the
//! background (async and deferred) handlers that are to receive it. Emits and enqueues push jobs; a
//! *driver*, the poll loop of a worker, a flush or a shutdown, pops and runs them.
//!
//! - `bounded_queue`: the queue itself, generic over the items;
//! - `typed_fifo`: its storage, a FIFO of items of different types without a box for each item;
//! - `waiters`: the drivers that sleep until an item is pushed;
//! - `job`: the kinds of jobs, their vtable, and a job that has started;
//! - `job_context`: the origin, span and parent emission of a job;
//! - `in_flight`: the suspended jobs of one driver;
//! - `idle`: the notification that a worker is idle;
//! - `workers`: the workers of a queue, and the jobs that they could not finish.

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
pub(crate) use job_context::{JobContext, enter_job, is_in_job_of};
pub(crate) use waiters::Waiter;
pub(crate) use workers::Workers;
