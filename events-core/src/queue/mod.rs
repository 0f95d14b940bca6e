//! queue.

mod bounded_queue;
mod idle;
mod in_flight;
mod job;
mod job_context;
mod typed_fifo;
mod waiters;
mod workers;

pub(crate) use bounded_queue::{Refused, Why};
pub(crate) use in_flight::{Flights, Place};
pub(crate) use job::{
    Copied, Ended, Handling, InTurn, JobQueue, Left, QueueOwner, Running, Started, push,
};
pub(crate) use job_context::{Note, enter, is_inside};
pub(crate) use waiters::Waiter;
pub(crate) use workers::Crew;
