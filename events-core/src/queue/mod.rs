//! queue.

mod bounded_queue;
mod idle;
mod in_flight;
mod job;
mod typed_fifo;
mod waiters;
mod workers;

pub(crate) use bounded_queue::{Refused, Why};
pub(crate) use in_flight::{Flights, Place};
pub(crate) use job::{
    Copied, Ended, Handling, InTurn, Left, Note, Running, Started, Waiting, is_inside, push,
};
pub(crate) use waiters::Waiter;
pub(crate) use workers::Crew;
