//! The driver: the poll loop that runs the jobs of a queue.
//!
//! - `job_driver`: the loop;
//! - `intake`: which job it starts next, and when it is finished;
//! - `suspended_jobs`: the jobs that it has started and that are pending;
//! - `parking`: jobs that only wait until their handlers may be called.

mod intake;
mod job_driver;
mod parking;
mod suspended_jobs;

pub(super) use intake::Until;
pub(super) use job_driver::Driver;
