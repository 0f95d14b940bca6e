//! The policies of handlers that run later: permits, and calls that are scheduled.

mod fair_semaphore;
mod keyed_semaphore;
mod scheduled_calls;
