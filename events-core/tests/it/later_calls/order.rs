//! With one call at a time, a retry keeps its permit, so that the order of the events holds.

use std::time::Duration;

use events_core::{Emission, Registry, listener, subscriber, subscribers};

use super::{Time, Work};
use crate::{Journal, block_on};

#[subscriber(concurrency = 1, retry = 5)]
async fn one_at_a_time(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

#[subscriber(deferred, concurrency = 1, retry = 5)]
fn deferred(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

#[subscriber(deferred, retry = 5, per_key = |work| work.number % 2)]
fn per_key(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

#[subscriber(deferred, concurrency = 1, retry = 5, per_key = |work| work.number % 2)]
async fn both(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

struct Listening;

#[listener]
impl Listening {
    #[on(deferred, retry = 5, per_key = |work| work.number % 2)]
    fn work(&self, work: &Work, emission: &Emission) -> Result<(), String> {
        work.run(emission.attempt())
    }
}

fn numbers(calls: &[String]) -> Vec<u32> {
    let number = |call: &String| {
        call.split('.')
            .next()
            .and_then(|number| number.parse().ok())
    };
    calls.iter().filter_map(number).collect()
}

/// Whether the calls of each event are consecutive among those of its key, and the events of a key are in order; an async
/// emit may come before those that are queued.
fn check(registry: &Registry, is_async: bool, keys: u32) {
    let journal = Journal::default();
    let mut time = Time::of(registry);
    for number in 0..12 {
        let work = Work::new(number, number * 7 % 4, &journal);
        if is_async && number % 3 == 0 {
            let mut emit = Box::pin(registry.emit_async(work));
            if crate::poll_once(&mut emit).is_pending() {
                // It waits for others, and is dropped.
                continue;
            }
        } else {
            registry.emit(work);
        }
    }
    for _ in 0..200 {
        time.advance(Duration::from_secs(1));
    }
    let calls = numbers(&journal.take());
    assert!(registry.queue().is_empty());
    for key in 0..keys {
        let of_key: Vec<_> = calls
            .iter()
            .filter(|number| **number % keys == key)
            .collect();
        assert!(is_async || of_key.is_sorted(), "{calls:?}");
        let mut grouped = of_key.clone();
        grouped.dedup();
        let groups = grouped.len();
        grouped.sort_unstable();
        grouped.dedup();
        assert_eq!(grouped.len(), groups, "{calls:?}");
    }
    let expected = |number: u32| 1 + number * 7 % 4;
    for number in 0..12 {
        let count = calls.iter().filter(|call| **call == number).count();
        let is_dropped = is_async && count == 0;
        assert!(
            is_dropped || count == expected(number) as usize,
            "{number}: {calls:?}"
        );
    }
}

#[test]
fn the_order_of_events_holds_over_retries() {
    check(&Registry::with(subscribers![one_at_a_time]), false, 1);
    check(&Registry::with(subscribers![one_at_a_time]), true, 1);
    check(&Registry::with(subscribers![deferred]), false, 1);
    check(&Registry::with(subscribers![per_key]), false, 2);
    check(&Registry::with(subscribers![both]), false, 2);
    let registry = Registry::new();
    registry.add(Listening).detach();
    check(&registry, false, 2);
}

#[test]
fn events_of_another_key_do_not_wait_for_a_retry() {
    let registry = Registry::with(subscribers![per_key]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(3, 0, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.queue().flush();
    assert_eq!(journal.take(), ["1.1", "2.1"]);
    time.advance(Duration::from_secs(1));
    assert_eq!(journal.take(), ["1.2", "3.1"]);
}

#[test]
fn an_async_emit_waits_behind_a_retry() {
    let registry = Registry::with(subscribers![one_at_a_time]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    block_on(registry.emit_async(Work::new(1, 1, &journal)));
    let mut second = Box::pin(registry.try_emit_async(Work::new(2, 0, &journal)));
    assert!(crate::poll_once(&mut second).is_pending());
    time.advance(Duration::from_secs(1));
    assert_eq!(block_on(second).expect("it runs").ran(), 1);
    assert_eq!(journal.take(), ["1.1", "1.2", "2.1"]);
}
