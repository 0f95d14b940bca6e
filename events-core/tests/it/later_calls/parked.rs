//! A job that only waits until its handler may be called does not occupy a driver.

use std::{sync::mpsc, time::Duration};

use events_core::{Emission, Event, Registry, subscriber, subscribers};

use super::{LATER, Time, Work};
use crate::{Gate, Journal, block_on, poll_once};

#[subscriber(concurrency = 1, retry = 3)]
async fn one(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

#[derive(Event, Clone)]
struct Other(Journal);

#[subscriber]
async fn other(other: &Other) {
    other.0.note("other");
}

#[test]
fn events_that_wait_for_a_retry_hold_up_no_other_event_and_not_the_retry() {
    let registry = Registry::with(subscribers![one, other]);
    let journal = Journal::default();
    // A worker with a concurrency of 1, polled by hand.
    let mut work = Box::pin(registry.queue().work(1));
    let clock = events_core::__testing::TestTime::stop(&registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.emit(Work::new(3, 0, &journal));
    registry.emit(Other(journal.clone()));
    for _ in 0..10 {
        assert!(poll_once(&mut work).is_pending());
    }
    assert_eq!(journal.take(), ["1.1", "other"]);
    drop(clock);
    let mut time = Time::of(&registry);
    drop(work);
    time.advance(LATER);
    assert_eq!(journal.take(), ["1.2", "2.1", "3.1"]);
}

#[test]
fn a_worker_thread_of_its_own_runs_the_retry_and_then_those_that_waited() {
    let registry = Registry::new();
    let (sender, calls) = mpsc::channel();
    let handler = move |work: &Work, emission: &Emission| {
        let failed = work.run(emission.attempt());
        sender
            .send((work.number, emission.attempt()))
            .expect("the test waits");
        failed
    };
    let retry = events_core::Retry::exponential(Duration::from_nanos(1), Duration::from_nanos(1));
    let new = registry.subscribe_deferred(handler).concurrency(1);
    let new = new.retry(retry.max_retries(2));
    new.register().expect("it is valid").detach();
    let worker = registry.queue().spawn_thread();
    let journal = Journal::default();
    for number in 1..=3 {
        registry.emit(Work::new(number, 2, &journal));
    }
    let received: Vec<_> = calls.iter().take(9).collect();
    let expected = (1..=3).flat_map(|number| (1..=3).map(move |attempt| (number, attempt)));
    assert!(received.into_iter().eq(expected));
    assert!(
        registry
            .queue()
            .shutdown(Duration::from_secs(60))
            .is_empty()
    );
    drop(worker);
}

#[test]
fn a_flush_does_not_wait_for_a_retry_and_the_event_is_not_lost() {
    let registry = Registry::with(subscribers![one]);
    let journal = Journal::default();
    let clock = events_core::__testing::TestTime::stop(&registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.queue().flush();
    assert_eq!(journal.take(), ["1.1"]);
    assert!(
        registry.queue().settle(Duration::ZERO),
        "nothing runs before the retry"
    );
    drop(clock);
    let mut time = Time::of(&registry);
    time.advance(LATER);
    assert_eq!(journal.take(), ["1.2", "2.1"]);
}

#[test]
fn parked_events_take_their_part_of_the_capacity() {
    let registry = Registry::with(subscribers![one]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.queue().set_capacity(3);
    registry.emit(Work::new(1, 1, &journal));
    registry.queue().flush();
    for number in 2..=4 {
        registry.emit(Work::new(number, 0, &journal));
        registry.queue().flush();
    }
    let refused = registry.try_emit(Work::new(5, 0, &journal));
    assert!(
        refused
            .expect_err("the queue is full")
            .to_string()
            .contains("the queue is full")
    );
    assert_eq!(journal.take(), ["1.1"]);
    time.advance(LATER);
    assert_eq!(journal.take(), ["1.2", "2.1", "3.1", "4.1"]);
    registry.emit(Work::new(6, 0, &journal));
    registry.queue().flush();
    assert_eq!(journal.take(), ["6.1"]);
}

#[test]
fn an_event_that_waits_for_an_emit_of_another_task_is_run_by_the_flush_that_has_parked_it() {
    let registry = Registry::new();
    let gate = Gate::default();
    let opened = gate.clone();
    let handler = move |work: &Work| {
        let (gate, work) = (gate.clone(), work.clone());
        async move {
            if work.number == 1 {
                gate.wait().await;
            }
            work.journal.note(work.number.to_string());
        }
    };
    let new = registry.subscribe_async(handler).concurrency(1);
    new.register().expect("it is valid").detach();
    let journal = Journal::default();
    let mut first = Box::pin(registry.emit_async(Work::new(1, 0, &journal)));
    assert!(poll_once(&mut first).is_pending());
    registry.emit(Work::new(2, 0, &journal));
    let mut flush = Box::pin(registry.queue().flush_async());
    assert!(poll_once(&mut flush).is_pending());
    opened.open();
    block_on(first);
    let flushed = block_on(flush);
    assert_eq!(flushed.ran(), 1);
    assert_eq!(journal.take(), ["1", "2"]);
}
