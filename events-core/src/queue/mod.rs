//! The queue of a registry: jobs that wait for a worker, a flush or a shutdown to run them.
//!
//! A *job* is an enqueued event, or a *snapshot*: the clone of an emitted event together with the
//! *background handlers* that are to receive it. A background handler is async, deferred, or both: a
//! *deferred* one runs from the queue unless that is full, an async one only if the emitter does not wait
//! for it. Emits and enqueues push jobs. A *driver*, the poll loop of a worker, a flush or a shutdown, pops
//! and runs them: it is a *consumer* of the queue. A worker's driver is *attached* until the worker ends.
//!
//! - `bounded`: a bounded queue, generic over the items;
//! - `job`: the vtable of a job, and a job that has started;
//! - `job_queue`: the queue of jobs, which stores a pushed job or returns it;
//! - `topic_counts`: how many events there are of each topic, for log records;
//! - `cloned_event_job`: the job of a snapshot; that of an enqueued event is in `emit/enqueue.rs`;
//! - `schedule`: the jobs that are put into the queue when their time has come;
//! - `job_context`: the origin, span and parent emission of a job;
//! - `parked`: the suspended jobs that only wait until their handlers may be called;
//! - `in_flight`: the suspended jobs of one driver;
//! - `idle`: the notification that a driver is idle;
//! - `drivers`: the drivers of a queue that are in progress, and the jobs that they could not finish;
//! - `statistics`: the counts of a queue, and the age of its oldest event;
//! - `start_worker`: the text that names how to start a worker.
//!
//! What happens when the queue is full is described in `job_queue`.

mod bounded;
mod cloned_event_job;
mod drivers;
mod idle;
mod in_flight;
mod job;
mod job_context;
mod job_queue;
mod parked;
mod schedule;
mod start_worker;
mod statistics;
mod topic_counts;

pub(crate) use bounded::{LaneItems, PushError, PushErrorKind};
pub(crate) use cloned_event_job::ClonedEventJob;
pub(crate) use drivers::Drivers;
pub(crate) use in_flight::{InFlight, JobSlot};
pub(crate) use job::{
    JobProgress, JobResult, JobVtable, PoppedJob, QueueOwner, RunningJob, UnfinishedJob,
    enter_context,
};
pub(crate) use job_context::JobContext;
pub(crate) use job_queue::{JobQueue, Places, Unreserved};
pub(crate) use parked::ParkedJob;
pub(crate) use schedule::{DueQueue, ScheduledJob};
pub(crate) use start_worker::START_WORKER;
pub use statistics::QueueStats;
pub(crate) use topic_counts::TopicCounts;
