//! The clock: the system's clock that is set, a machine that was suspended, and durations without an end.

use std::time::{Duration, SystemTime};

use events_core::queues::Scheduled;

use super::{Stopped, Tick, seconds};

/// A time long before all others here.
fn noon() -> SystemTime {
    SystemTime::UNIX_EPOCH + seconds(1_000_000_000)
}

#[test]
fn an_event_in_the_past_runs_as_soon_as_possible() {
    let mut stopped = Stopped::new();
    stopped.time.set_system(noon());
    stopped
        .registry
        .enqueue_at(Tick(1), noon() - seconds(60))
        .expect("there is room");
    stopped
        .registry
        .enqueue_at(Tick(2), SystemTime::UNIX_EPOCH)
        .expect("there is room");
    assert_eq!(stopped.pass(Duration::ZERO), "1 2");
}

/// The clock shows `before` seconds when the event is scheduled for 100, and `after` afterwards. It runs after 100 - `before`
/// seconds in either case.
fn check_set(before: u64, after: u64) {
    let mut stopped = Stopped::new();
    stopped.time.set_system(noon() + seconds(before));
    let scheduled = stopped
        .registry
        .enqueue_at(Tick(1), noon() + seconds(100))
        .expect("there is room");
    assert_eq!(scheduled.due(), noon() + seconds(100));
    stopped.time.set_system(noon() + seconds(after));
    let left = seconds(100 - before);
    assert_eq!(stopped.pass(left - Duration::from_nanos(1)), "");
    assert_eq!(stopped.pass(Duration::from_nanos(1)), "1");
}

#[test]
fn a_system_clock_that_is_set_afterwards_moves_no_event() {
    check_set(40, 40);
    check_set(40, 0);
    check_set(40, 10_000);
}

/// While a machine is suspended, its monotonic clock stands still and that of the system runs on.
#[test]
fn after_a_suspension_events_are_late_by_it_and_in_the_order_of_their_due_times() {
    let mut stopped = Stopped::new();
    stopped.time.set_system(noon());
    stopped
        .registry
        .enqueue_at(Tick(2), noon() + seconds(20))
        .expect("there is room");
    stopped
        .registry
        .enqueue_at(Tick(1), noon() + seconds(10))
        .expect("there is room");
    stopped.time.set_system(noon() + seconds(8 * 3600));
    // Scheduled after it, by the new time of the system.
    stopped
        .registry
        .enqueue_at(Tick(3), noon() + seconds(8 * 3600 + 15))
        .expect("there is room");
    assert_eq!(stopped.pass(seconds(9)), "");
    assert_eq!(stopped.pass(seconds(100)), "1 3 2");
}

#[test]
fn an_event_with_an_endless_delay_stays_until_it_is_cancelled() {
    let mut stopped = Stopped::new();
    let endless = [Duration::MAX, Duration::from_secs(u64::MAX / 2)];
    let mut scheduled: Vec<_> = endless
        .into_iter()
        .map(|delay| {
            stopped
                .registry
                .enqueue_after(Tick(1), delay)
                .expect("there is room")
        })
        .collect();
    if let Some(far) = SystemTime::UNIX_EPOCH.checked_add(seconds(1 << 50)) {
        scheduled.push(
            stopped
                .registry
                .enqueue_at(Tick(1), far)
                .expect("there is room"),
        );
    }
    assert_eq!(stopped.pass(seconds(100 * 365 * 24 * 3600)), "");
    let count = scheduled.len();
    assert_eq!(stopped.registry.queue().scheduled(), count);
    let cancelled = scheduled.into_iter().filter_map(Scheduled::cancel);
    assert_eq!(cancelled.count(), count);
}
