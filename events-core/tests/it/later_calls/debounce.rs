//! Calls that wait until no further event comes.

use std::time::Duration;

use events_core::{Emission, EventCopy, Registry, subscriber, subscribers};

use super::{LATER, Time, Work};
use crate::{Journal, block_on};

#[subscriber(deferred, debounce = LATER)]
fn last(work: &Work, emission: &Emission) {
    _ = work.run(emission.attempt());
}

#[subscriber(deferred, debounce = LATER)]
async fn last_async(work: &Work, emission: &Emission) {
    _ = work.run(emission.attempt());
}

#[subscriber(topic = ".*::Work", deferred, debounce = LATER)]
fn by_topic(event: &EventCopy, emission: &Emission) {
    let work = event.downcast_ref::<Work>().expect("it is one");
    _ = work.run(emission.attempt());
}

fn at_run_time() -> Registry {
    let registry = Registry::new();
    let handler = |work: &Work, emission: &Emission| _ = work.run(emission.attempt());
    let new = registry.subscribe_deferred(handler).debounce(LATER);
    new.register().expect("it is valid").detach();
    registry
}

fn emit(registry: &Registry, number: u32, journal: &Journal) {
    let emitted = registry.try_emit(Work::new(number, 0, journal));
    assert_eq!(emitted.expect("it runs later").deferred(), 1);
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (1, 0));
}

#[test]
fn the_last_event_is_delivered_once_no_further_one_has_come_for_so_long() {
    for registry in [
        Registry::with(subscribers![last]),
        Registry::with(subscribers![last_async]),
        Registry::with(subscribers![by_topic]),
        at_run_time(),
    ] {
        let journal = Journal::default();
        let mut time = Time::of(&registry);
        for number in 1..=5 {
            emit(&registry, number, &journal);
            // A later event replaces the one that waits.
            assert_eq!(registry.queue().scheduled(), 1);
            time.advance(LATER - Duration::from_nanos(1));
            assert_eq!(journal.take().len(), 0);
        }
        time.advance(Duration::from_nanos(1));
        assert_eq!(journal.take(), ["5.1"]);
        emit(&registry, 6, &journal);
        time.advance(LATER);
        assert_eq!(journal.take(), ["6.1"]);
        assert_eq!(registry.queue().scheduled(), 0);
    }
}

#[test]
fn with_keys_it_holds_for_each_key() {
    #[subscriber(deferred, debounce = LATER, per_key = |work| work.number % 2)]
    fn each_key(work: &Work) {
        _ = work.run(1);
    }

    let registry = Registry::with(subscribers![each_key]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    for number in 1..=6 {
        emit(&registry, number, &journal);
    }
    assert_eq!(registry.queue().scheduled(), 2);
    time.advance(LATER);
    assert_eq!(journal.take(), ["5.1", "6.1"]);
}

#[test]
fn with_retry_the_last_event_is_the_one_that_is_repeated() {
    #[subscriber(deferred, debounce = LATER, retry = 2, concurrency = 1)]
    fn retried(work: &Work, emission: &Emission) -> Result<(), String> {
        work.run(emission.attempt())
    }

    let registry = Registry::with(subscribers![retried]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    for number in 1..=3 {
        registry.emit(Work::new(number, 1, &journal));
    }
    time.advance(3 * LATER);
    assert_eq!(journal.take(), ["3.1", "3.2"]);
}

#[test]
fn a_shutdown_returns_the_event_that_waits() {
    let registry = Registry::with(subscribers![last]);
    let journal = Journal::default();
    let _time = Time::of(&registry);
    emit(&registry, 1, &journal);
    emit(&registry, 2, &journal);
    let unfinished = block_on(registry.queue().shutdown_async(async {}));
    let [event] = &mut { unfinished.events }[..] else {
        panic!("one waits");
    };
    assert!(event.due().is_some());
    assert_eq!(event.attempt(), 1);
    assert_eq!(journal.take().len(), 0);
}

#[test]
fn a_subscriber_that_is_gone_does_not_run() {
    let registry = Registry::new();
    let journal = Journal::default();
    let new = registry.subscribe_deferred(|work: &Work| work.journal.note("ran"));
    let subscription = new.debounce(LATER).register().expect("it is valid");
    let mut time = Time::of(&registry);
    emit(&registry, 1, &journal);
    subscription.stop();
    assert_eq!(registry.queue().scheduled(), 0);
    time.advance(2 * LATER);
    assert_eq!(journal.take().len(), 0);
}
