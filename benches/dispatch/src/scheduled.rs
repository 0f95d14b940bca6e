//! Events that are scheduled all at once, in random order: inserted, and then cancelled or run. The instructions of one of
//! 100,000 show that none of the three takes linear time.

use std::time::Duration;

use events_core::{Event, Registry, queues::Scheduled};

use crate::case::{Case, repeat};

#[derive(Event)]
struct Due(u64);

pub(crate) fn cases() -> [Case; 3] {
    [
        Case::new("schedule-insert", 0, |times| {
            let (registry, _) = schedule(times, Duration::from_secs(3_600));
            repeat(registry.queue().scheduled() as u64, |a| a)
        }),
        Case::new("schedule-cancel", 0, |times| {
            let (_registry, handles) = schedule(times, Duration::from_secs(3_600));
            let cancelled = handles.into_iter().filter_map(Scheduled::cancel);
            cancelled.fold(0, |all, due| all ^ due.0)
        }),
        Case::new("schedule-fire", 0, |times| {
            let (registry, _) = schedule(times, Duration::ZERO);
            let mut ran = 0;
            while ran < times {
                ran += registry.queue().flush().ran() as u64;
            }
            repeat(ran, |a| a)
        }),
    ]
}

/// Schedules events with the numbers below `times`, so many nanoseconds after the delay.
fn schedule(times: u64, delay: Duration) -> (Registry, Vec<Scheduled<Due>>) {
    const PRIME: u64 = 2_147_483_647;
    let registry = Registry::new();
    registry.on(|_: &Due| ()).detach();
    let shuffled = (0..times).map(|number| number * PRIME % times);
    let schedule = |number| registry.enqueue_after(Due(number), delay + Duration::from_nanos(number));
    let handles = shuffled.map(|number| schedule(number).expect("the schedule has room"));
    let handles = handles.collect();
    (registry, handles)
}
