//! Tests that run in many schedules of their threads.

mod bounded_queue;
mod consumer;
mod due_items;
mod in_flight;
mod parked_jobs;
mod plan_cell;
mod policies;
mod races;
mod settle;
mod typed_fifo;

/// The number of schedules of each case, for each of the two ways to choose schedules.
const SCHEDULES: usize = 2_000;

/// Runs a case in random schedules, and in schedules with few preemptions.
fn check_schedules(case: impl Fn() + Clone + Send + Sync + 'static) {
    shuttle::check_random(case.clone(), SCHEDULES);
    shuttle::check_pct(case, SCHEDULES, 3);
}
