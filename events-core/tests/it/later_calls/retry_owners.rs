//! Failed calls that are repeated, wherever the first attempt runs.

use std::time::Duration;

use events_core::{Emission, Registry, record::Creating, subscriber, subscribers};

use super::{LATER, Time, Work};
use crate::{Journal, block_on};

#[subscriber(deferred, retry = 3)]
fn deferred(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

#[test]
fn at_a_full_queue_the_first_attempt_runs_in_the_emit() {
    let registry = Registry::with(subscribers![deferred]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.queue().set_capacity(1);
    registry.emit(Work::new(1, 0, &journal));
    let emitted = registry.try_emit(Work::new(2, 1, &journal));
    let emitted = emitted.expect("an attempt follows");
    assert_eq!(
        (emitted.ran(), emitted.retrying(), emitted.deferred()),
        (0, 1, 0)
    );
    assert_eq!(journal.take(), ["2.1"]);
    time.advance(LATER);
    assert_eq!(journal.take().join(" "), "1.1 2.2");
}

#[test]
fn a_failed_first_attempt_refuses_an_event_that_fails_closed() {
    #[derive(Clone)]
    struct User;

    let registry = Registry::new();
    let check = async |_: &Creating<User>| Err::<(), _>("refused");
    let new = registry.subscribe_async(check).retry(3);
    new.register().expect("it is valid").detach();
    let creating = block_on(registry.emit_async(Creating::new(User)));
    assert!(creating.is_vetoed());
}

#[test]
fn several_subscribers_of_an_event_are_repeated_each_by_itself() {
    #[subscriber(retry = 1)]
    async fn first(work: &Work, emission: &Emission) -> Result<(), String> {
        work.journal.note(format!("first {}", emission.attempt()));
        Err("refused".into())
    }

    #[subscriber(retry = 2)]
    async fn second(work: &Work, emission: &Emission) -> Result<(), String> {
        work.journal.note(format!("second {}", emission.attempt()));
        Err("refused".into())
    }

    #[subscriber(after = second)]
    async fn third(work: &Work) {
        work.journal.note("third");
    }

    let registry = Registry::with(subscribers![first, second, third]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    let emitted = block_on(registry.try_emit_async(Work::new(1, 0, &journal)));
    let emitted = emitted.expect("attempts follow");
    assert_eq!((emitted.ran(), emitted.retrying()), (1, 2));
    time.advance(Duration::from_secs(60));
    let mut calls = journal.take();
    calls.sort();
    let expected = [
        "first 1", "first 2", "second 1", "second 2", "second 3", "third",
    ];
    assert_eq!(calls, expected);
}

/// Events that ran, final failures and retries, as the queue counts them, when the first attempt of an event that fails so
/// often runs where `emit` lets it run.
#[track_caller]
fn check_counts(registry: &Registry, fails: u32, emit: fn(&Registry, Work), expected: [u64; 3]) {
    let mut time = Time::of(registry);
    emit(registry, Work::new(1, fails, &Journal::default()));
    time.advance(Duration::from_secs(60));
    let stats = registry.queue().stats();
    assert_eq!([stats.ran, stats.failed, stats.retried], expected);
    assert_eq!(stats.scheduled, 0);
}

#[test]
fn each_retry_is_counted_wherever_the_attempt_before_it_ran() {
    #[subscriber(retry = 2)]
    async fn concurrent(work: &Work, emission: &Emission) -> Result<(), String> {
        work.run(emission.attempt())
    }

    let later = || Registry::with(subscribers![deferred]);
    let in_emit = || Registry::with(subscribers![concurrent]);
    let emit: fn(&Registry, Work) = |registry, work| drop(registry.emit(work));
    let enqueue: fn(&Registry, Work) = |registry, work| registry.enqueue(work).expect("room");
    let emit_async: fn(&Registry, Work) = |registry, work| {
        drop(block_on(registry.emit_async(work)));
    };
    // Each attempt in the queue is an event of it, and the last one may fail for good.
    check_counts(&later(), 0, emit, [1, 0, 0]);
    check_counts(&later(), 1, emit, [2, 0, 1]);
    check_counts(&later(), 9, emit, [4, 1, 3]);
    check_counts(&in_emit(), 9, enqueue, [3, 1, 2]);
    check_counts(&in_emit(), 0, emit_async, [0, 0, 0]);
    check_counts(&in_emit(), 2, emit_async, [2, 0, 2]);
    check_counts(&in_emit(), 9, emit_async, [2, 1, 2]);
    // At a full queue the first attempt runs in the emit.
    let full = later();
    full.queue().set_capacity(1);
    full.emit(Work::new(0, 0, &Journal::default()));
    check_counts(&full, 9, emit, [4, 1, 3]);
}

#[test]
fn a_retry_is_counted_when_it_is_scheduled_and_one_that_is_refused_is_not() {
    let registry = Registry::new();
    let fails = |_: &Work| Err::<(), _>("refused");
    let new = registry.subscribe_deferred(fails).retry(3);
    let subscription = new.register().expect("it is valid");
    let _time = Time::of(&registry);
    let retried = || {
        registry.emit(Work::new(1, 0, &Journal::default()));
        registry.queue().flush();
        registry.queue().stats().retried
    };
    assert_eq!(retried(), 1);
    registry.queue().set_schedule_capacity(1);
    assert_eq!(retried(), 1, "the schedule is full");
    drop(subscription);
    assert_eq!(registry.queue().scheduled(), 0);
    assert_eq!(registry.queue().stats().retried, 1);
}
