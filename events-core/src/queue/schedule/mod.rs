//! Scheduled jobs: those that are put into the queue when their time has come.
//!
//! - `scheduled_job`: a job whose type is erased;
//! - `due_items`: items that move into a bounded queue when they are due;
//! - `schedule_of_jobs`: the scheduled jobs of a queue, with their clock.
//!
//! # To let a job run later
//!
//! Implement `ScheduledJob` for a type that holds what the job needs, and call `JobQueue::schedule` with the time,
//! `queue.clock().after(delay)`. The key that is returned takes the job back out by `JobQueue::unschedule`, until
//! it is due; exactly one of the two has it. When it is due, a driver calls `ScheduledJob::push`, which pushes an item of
//! any type that the queue runs; when the queue is shut down before, `ScheduledJob::take` is called instead. Each job is
//! stored with its place in a chain of events, and must bring its origin, span and parent itself, in a `JobContext`.
//! `ClonedEventJob` is such a job already.

mod due_items;
mod schedule_of_jobs;
mod scheduled_job;

pub(super) use schedule_of_jobs::{RefusedSchedule, Schedule, ScheduleErrorKind};
pub(crate) use scheduled_job::{DueQueue, ScheduledJob};
