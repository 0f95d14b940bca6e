//! What several threads may see, one schedule after the other.

mod bounded_queue;
mod in_flight;
mod plan_cell;
mod races;
mod settle;
mod taker;
mod typed_fifo;

/// Schedules that are tried of each case, by each of two ways to choose them.
const SCHEDULES: usize = 2_000;

/// Tries many schedules.
fn check_schedules(case: impl Fn() + Clone + Send + Sync + 'static) {
    shuttle::check_random(case.clone(), SCHEDULES);
    shuttle::check_pct(case, SCHEDULES, 3);
}
