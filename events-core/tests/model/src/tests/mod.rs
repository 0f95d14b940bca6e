//! What several threads may see, one schedule after the other.

mod exchange;
mod flights;
mod lanes;
mod races;
mod settled;
mod store;
mod taker;

/// Schedules that are tried of each case, by each of two ways to choose them.
const SCHEDULES: usize = 2_000;

/// Tries many schedules.
fn check_schedules(case: impl Fn() + Clone + Send + Sync + 'static) {
    shuttle::check_random(case.clone(), SCHEDULES);
    shuttle::check_pct(case, SCHEDULES, 3);
}
