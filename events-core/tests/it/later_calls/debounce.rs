//! Calls that wait until no further event comes.

use std::{
    future::pending,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use events_core::{
    Emission, Event, EventCopy, Failure, Registry,
    failures::Cause,
    info::SubscriberInfo,
    middleware::{BoxFuture, Middleware, NextAsync},
    outcomes::SubscriberOutcome,
    queues::UnfinishedEvent,
    subscriber, subscribers,
};

use super::{LATER, Time, Work};
use crate::{Gate, Journal, block_on, poll_once};

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
fn one_of_a_further_key_is_refused_by_a_full_schedule_and_a_later_one_of_the_same_is_not() {
    let registry = Registry::new();
    let journal = Journal::default();
    let handler = |work: &Work, emission: &Emission| _ = work.run(emission.attempt());
    let new = registry.subscribe_deferred(handler).debounce(LATER);
    let new = new.per_key(|work| work.number % 10);
    new.register().expect("it is valid").detach();
    let failures = Journal::default();
    let seen = failures.clone();
    let hook = move |failure: &Failure| seen.note(format!("{:?}", failure.cause()));
    registry.on_failure(hook).detach();
    let mut time = Time::of(&registry);
    registry.queue().set_schedule_capacity(1);
    emit(&registry, 11, &journal);
    registry.emit(Work::new(12, 0, &journal));
    assert_eq!(registry.queue().flush().failures(), 1);
    let expected = "ScheduleFull { capacity: 1 }";
    assert_eq!(failures.take(), [expected]);
    emit(&registry, 21, &journal);
    time.advance(LATER);
    assert_eq!(journal.take(), ["21.1"]);
    assert_eq!(failures.take().len(), 0);
    // Its key is not occupied by the one that was refused.
    emit(&registry, 22, &journal);
    time.advance(LATER);
    assert_eq!(journal.take(), ["22.1"]);
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

/// An event whose clones panic from that one on.
#[derive(Event)]
struct Fragile {
    number: u32,
    clones_left: Arc<AtomicUsize>,
    journal: Journal,
}

impl Fragile {
    fn new(number: u32, clones: usize, journal: &Journal) -> Self {
        Self {
            number,
            clones_left: Arc::new(AtomicUsize::new(clones)),
            journal: journal.clone(),
        }
    }
}

impl Clone for Fragile {
    fn clone(&self) -> Self {
        let fewer = |left: usize| left.checked_sub(1);
        let left = &self.clones_left;
        left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, fewer)
            .expect("it panics");
        Self {
            number: self.number,
            clones_left: Arc::clone(left),
            journal: self.journal.clone(),
        }
    }
}

#[test]
fn an_event_whose_clone_panics_replaces_none() {
    #[subscriber(deferred, debounce = LATER)]
    fn last(fragile: &Fragile) {
        fragile.journal.note(fragile.number.to_string());
    }

    let registry = Registry::with(subscribers![last]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    // One clone for the queue, and one for the schedule.
    for (number, clones, failures) in [(1, 2, 0), (2, 1, 1)] {
        registry.emit(Fragile::new(number, clones, &journal));
        assert_eq!(registry.queue().flush().failures(), failures);
        assert_eq!(registry.queue().scheduled(), 1);
    }
    time.advance(LATER);
    assert_eq!(journal.take(), ["1"]);
    registry.emit(Fragile::new(3, 2, &journal));
    time.advance(LATER);
    assert_eq!(journal.take(), ["3"]);
}

#[test]
fn an_event_that_a_shutdown_refuses_replaces_none() {
    #[derive(Event, Clone)]
    struct Busy(Gate);

    let registry = Registry::with(subscribers![last]);
    registry.on_async(|busy: &Busy| busy.0.wait()).detach();
    let journal = Journal::default();
    let _time = Time::of(&registry);
    emit(&registry, 1, &journal);
    let gate = Gate::default();
    registry.emit(Busy(gate.clone()));
    let mut shutdown = Box::pin(registry.queue().shutdown_async(pending::<()>()));
    assert!(poll_once(&mut shutdown).is_pending());
    let refused = registry.try_emit(Work::new(2, 0, &journal));
    let failures = refused.expect_err("the queue is shut down");
    assert!(matches!(
        failures.failures()[0].cause(),
        Cause::Undelivered(_)
    ));
    gate.open();
    let unfinished = block_on(shutdown).events;
    let numbers = unfinished
        .into_iter()
        .map(UnfinishedEvent::downcast::<Work>);
    let numbers: Vec<_> = numbers.map(|work| work.expect("it waits").number).collect();
    assert_eq!(numbers, [1]);
    assert_eq!(journal.take().len(), 0);
}

/// A call that is due, and whose event is replaced before it begins, is skipped for that reason.
#[test]
fn one_that_is_replaced_when_it_is_due_is_skipped_for_that_reason() {
    struct Note(Journal);
    impl Middleware for Note {
        fn call_async<'a>(
            &'a self,
            _: &'a SubscriberInfo,
            next: NextAsync<'a>,
        ) -> BoxFuture<'a, SubscriberOutcome> {
            Box::pin(async {
                let outcome = next.run().await;
                self.0.note(outcome.to_string());
                outcome
            })
        }
    }

    let registry = Registry::with(subscribers![last]);
    let journal = Journal::default();
    registry.wrap(Note(journal.clone())).detach();
    let mut time = Time::of(&registry);
    emit(&registry, 1, &journal);
    registry.emit(Work::new(2, 0, &journal));
    time.0.jump(2 * LATER);
    registry.queue().flush();
    let deferred = "runs later, from the queue";
    let replaced = "was skipped: a later event has replaced this one";
    assert_eq!(journal.take(), [deferred, deferred, replaced]);
    time.advance(2 * LATER);
    assert_eq!(journal.take(), ["2.1", "ran"]);
}

/// A full queue calls deferred handlers at once, and one that waits for further events is scheduled.
#[test]
fn at_a_full_queue_the_event_waits_as_well() {
    let registry = Registry::with(subscribers![last]);
    let journal = Journal::default();
    let unheard = journal.clone();
    registry.set_unheard_hook(move |_| unheard.note("unheard"));
    let mut time = Time::of(&registry);
    registry.queue().set_capacity(1);
    registry.emit(Work::new(1, 0, &journal));
    let emitted = registry.try_emit(Work::new(2, 0, &journal));
    let emitted = emitted.expect("it runs later");
    assert_eq!(
        (emitted.ran(), emitted.deferred(), emitted.retrying()),
        (0, 1, 0)
    );
    assert!(!emitted.is_unheard());
    drop(emitted);
    time.advance(LATER);
    assert_eq!(journal.take().len(), 1);
}
