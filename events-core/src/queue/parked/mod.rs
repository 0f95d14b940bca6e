//! Parked jobs: suspended jobs whose handlers only wait until they may be called, such as for a permit. No driver counts
//! them, so that they do not keep it from running the jobs that they wait for.
//!
//! - `parked_jobs`: the parked jobs of a queue;
//! - `parked_job_item`: a parked job that was woken, as an item of the queue.

mod parked_job_item;
mod parked_jobs;

pub(super) use parked_job_item::{ParkedJobItem, ResumedJobs};
pub(crate) use parked_jobs::ParkedJob;
pub(super) use parked_jobs::ParkedJobs;
