//! The queue of a registry: jobs that wait for a worker, a flush or a shutdown to run them.
//!
//! A *job* is an enqueued event, or a *snapshot*: the clone of an emitted event together with the
//! *background handlers* that are to receive it. A background handler is async, deferred, or both: a
//! *deferred* one always runs from the queue, an async one only if the emitter does not wait for it. Emits
//! and enqueues push jobs. A *driver*, the poll loop of a worker, a flush or a shutdown, pops and runs them:
//! it is a *consumer* of the queue. A worker's driver is *attached* until the worker ends.
//!
//! - `bounded_queue`: the queue itself, generic over the items;
//! - `typed_fifo`: its storage, a FIFO of items of different types without a box for each item;
//! - `waiters`: the drivers that sleep until an item is pushed;
//! - `job`: the kinds of jobs, their vtable, and a job that has started;
//! - `job_context`: the origin, span and parent emission of a job;
//! - `in_flight`: the suspended jobs of one driver;
//! - `idle`: the notification that a worker is idle;
//! - `workers`: the workers of a queue, and the jobs that they could not finish.
//!
//! # When the queue is full
//!
//! `BoundedQueue::push` accepts no item beyond the capacity. It returns the item in a `PushError`, and never
//! waits and never drops an item. Callers then do the following:
//!
//! - `enqueue` returns the event to its caller in a `QueueFull` error.
//! - An emit, sync or async, calls the deferred handlers that are not async at once, on the emitter's thread.
//!   Each async handler that the job was for is not called, and counts as one failure of the emit: `try_emit`
//!   returns it, `emit` logs it at `error`.
//! - The first push that is refused for lack of space while the queue has no worker is logged at `warn`, once
//!   in the life of the queue.

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
