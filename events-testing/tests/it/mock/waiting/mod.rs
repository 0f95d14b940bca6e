//! Waiting in a test: `settle` for the queue, and `wait_for` for an event.

mod settle;
mod unsettled;
mod wait_for;
