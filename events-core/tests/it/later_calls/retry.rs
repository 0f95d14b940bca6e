//! Failed calls that are repeated.

use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use events_core::{
    AnyEvent, Emission, Event, EventCopy, Registry, Retry, failures::Cause, listener, subscriber,
    subscribers,
};

use super::{LATER, RETRY, Time, Work};
use crate::{Journal, block_on};

#[subscriber(deferred, retry = 3)]
fn deferred(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

const THREE: u32 = 3;

#[subscriber(retry = THREE)]
async fn concurrent(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

#[subscriber(retry = RETRY)]
async fn panics(work: &Work, emission: &Emission) {
    work.run(emission.attempt()).expect("it panics");
}

#[subscriber(topic = ".*::Work", retry = 3)]
async fn by_topic(event: &EventCopy, emission: &Emission) -> Result<(), String> {
    let work = event.downcast_ref::<Work>().expect("it is one");
    work.run(emission.attempt())
}

#[subscriber(Work, deferred, retry = 3)]
fn by_type(event: &EventCopy, emission: &Emission) -> Result<(), String> {
    let work = event.downcast_ref::<Work>().expect("it is one");
    work.run(emission.attempt())
}

struct Listening;

#[listener]
impl Listening {
    #[on(retry = 3)]
    async fn work(&self, work: &Work, emission: &Emission) -> Result<(), String> {
        work.run(emission.attempt())
    }
}

fn at_run_time() -> Registry {
    let registry = Registry::new();
    let handler = |work: &Work, emission: &Emission| work.run(emission.attempt());
    let new = registry.subscribe_deferred(handler).retry(3);
    new.register().expect("it is valid").detach();
    registry
}

/// The calls of an event that fails so often, when the delays have passed, and how many failures a flush reports.
fn check(registry: &Registry, fails: u32, expected: &str) {
    let journal = Journal::default();
    let mut time = Time::of(registry);
    registry.emit(Work::new(1, fails, &journal));
    time.advance(Duration::from_secs(60));
    assert_eq!(journal.take().join(" "), expected);
    assert_eq!(registry.queue().scheduled(), 0);
    assert!(registry.queue().is_empty());
}

#[test]
fn a_failed_call_is_repeated_until_it_succeeds_or_the_attempts_are_used_up() {
    for (fails, expected) in [
        (0, "1.1"),
        (1, "1.1 1.2"),
        (3, "1.1 1.2 1.3 1.4"),
        (9, "1.1 1.2 1.3 1.4"),
    ] {
        check(&Registry::with(subscribers![deferred]), fails, expected);
        check(&Registry::with(subscribers![concurrent]), fails, expected);
        check(&Registry::with(subscribers![panics]), fails, expected);
        check(&Registry::with(subscribers![by_topic]), fails, expected);
        check(&Registry::with(subscribers![by_type]), fails, expected);
        check(&at_run_time(), fails, expected);
        let registry = Registry::new();
        registry.add(Listening).detach();
        check(&registry, fails, expected);
    }
}

#[test]
fn an_enqueued_event_is_repeated_for_the_subscriber_that_failed_alone() {
    #[subscriber]
    async fn other(work: &Work) {
        work.journal.note("other");
    }

    let registry = Registry::with(subscribers![concurrent, other]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry
        .enqueue(Work::new(1, 2, &journal))
        .expect("the queue has room");
    time.advance(Duration::from_secs(60));
    let mut calls = journal.take();
    calls.sort();
    assert_eq!(calls.join(" "), "1.1 1.2 1.3 other");
}

#[test]
fn it_is_repeated_when_its_delay_has_passed_and_not_before() {
    let registry = Registry::with(subscribers![deferred]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.queue().flush();
    registry.queue().flush();
    assert_eq!(journal.take(), ["1.1"]);
    assert_eq!(registry.queue().scheduled(), 1);
    time.advance(LATER);
    assert_eq!(journal.take(), ["1.2"]);
}

#[test]
fn an_async_emit_waits_for_the_first_attempt_and_reports_no_failure() {
    let registry = Registry::with(subscribers![concurrent]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    let emitted = block_on(registry.try_emit_async(Work::new(1, 1, &journal)));
    let emitted = emitted.expect("an attempt follows");
    assert_eq!((emitted.ran(), emitted.deferred()), (0, 0));
    assert_eq!(emitted.retrying(), 1);
    assert!(!emitted.is_unheard());
    time.advance(LATER);
    assert_eq!(journal.take(), ["1.1", "1.2"]);
}

#[test]
fn the_last_failure_is_one_of_the_flush_that_ran_it() {
    let registry = Registry::new();
    let fails = |_: &Work| Err::<(), _>("refused");
    let new = registry.subscribe_deferred(fails).retry(Retry::times(1));
    new.register().expect("it is valid").detach();
    let time = Time::of(&registry);
    registry.emit(Work::new(1, 0, &Journal::default()));
    assert_eq!(registry.queue().flush().failures(), 0);
    assert_eq!(registry.queue().scheduled(), 1);
    time.0.jump(LATER);
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.failures()), (1, 1));
    assert_eq!(registry.queue().scheduled(), 0);
}

#[test]
fn without_an_attempt_left_the_failure_is_returned() {
    let registry = Registry::new();
    let fails = async |_: &Work| Err::<(), _>("refused");
    let new = registry.subscribe_async(fails).retry(0);
    new.register().expect("it is valid").detach();
    let work = Work::new(1, 0, &Journal::default());
    let error = block_on(registry.try_emit_async(work)).expect_err("it is final");
    let failure = &error.failures()[0];
    assert!(matches!(failure.cause(), Cause::Error(_)));
    assert_eq!((failure.attempt(), failure.is_final()), (1, true));
}

/// What an attempt can read of its emission.
fn facts(emission: &Emission) -> String {
    let id = emission.id();
    let origin = emission.origin().map(|origin| origin.as_str().to_owned());
    format!(
        "{id} {:?} {origin:?} {}",
        emission.parent(),
        emission.topic()
    )
}

#[test]
fn an_attempt_has_the_event_the_emission_its_parent_and_the_origin_of_the_first() {
    #[derive(Event, Clone)]
    struct Outer(Journal);

    #[subscriber(retry = 1)]
    async fn inner(work: &Work, emission: &Emission) -> Result<(), String> {
        work.journal.note(facts(emission));
        Err("refused".into())
    }

    #[subscriber(awaited)]
    async fn outer(outer: &Outer) {
        let work = Work::new(7, 0, &outer.0);
        work.clone().emit_async_from("checkout").await;
        work.emit_from("checkout");
    }

    let registry = Registry::with(subscribers![inner, outer]);
    let _scope = registry.enter();
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    block_on(registry.emit_async(Outer(journal.clone())));
    time.advance(LATER);
    let facts = journal.take();
    assert_eq!(facts.len(), 4);
    assert!(
        facts
            .iter()
            .all(|facts| facts.contains("Some(\"checkout\")"))
    );
    assert!(facts.iter().all(|facts| facts.contains("Some(EmissionId(")));
    let times = |one: &String| facts.iter().filter(|other| one == *other).count();
    assert!(facts.iter().all(|one| times(one) == 2), "{facts:?}");
}

#[test]
fn a_named_event_keeps_its_topic_and_its_arguments() {
    let registry = Registry::new();
    let journal = Journal::default();
    let seen = journal.clone();
    let handler = move |event: &EventCopy, emission: &Emission| {
        let user = event.arg::<u32>("user");
        seen.note(format!("{} {user:?} {}", event.topic(), emission.attempt()));
        Err::<(), _>("refused")
    };
    let new = registry.subscribe_topic_deferred("user::.*", handler);
    let new = new.expect("the pattern is valid").retry(1);
    new.register().expect("it is valid").detach();
    let mut time = Time::of(&registry);
    registry.emit_topic("user::signed_in", events_core::args! { user: 7_u32 });
    time.advance(LATER);
    let expected = ["user::signed_in Some(7) 1", "user::signed_in Some(7) 2"];
    assert_eq!(journal.take(), expected);
}

#[test]
fn once_is_one_call_that_may_be_repeated() {
    for at_run_time in [false, true] {
        #[subscriber(deferred, once, retry = 3)]
        fn once(work: &Work, emission: &Emission) -> Result<(), String> {
            work.run(emission.attempt())
        }

        let registry = Registry::new();
        let mut subscription = None;
        if at_run_time {
            let handler = |work: &Work, emission: &Emission| work.run(emission.attempt());
            let new = registry.subscribe_deferred(handler).once().retry(3);
            subscription = Some(new.register().expect("it is valid"));
        } else {
            registry.scanner().subscribers(subscribers![once]).run();
        }
        let journal = Journal::default();
        let mut time = Time::of(&registry);
        registry.emit(Work::new(1, 2, &journal));
        registry.emit(Work::new(2, 2, &journal));
        time.advance(Duration::from_secs(60));
        registry.emit(Work::new(3, 2, &journal));
        time.advance(Duration::from_secs(60));
        assert_eq!(journal.take().join(" "), "1.1 1.2 1.3");
        drop(subscription);
    }
}

#[test]
fn the_delays_are_within_their_bounds() {
    let mut number = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = || {
        number ^= number << 13;
        number ^= number >> 7;
        number ^= number << 17;
        number
    };
    for _ in 0..2000 {
        let first = Duration::from_nanos(1 + random() % (1 << (random() % 64)));
        let longest = first.saturating_add(Duration::from_nanos(random() % (1 << (random() % 64))));
        let retry = Retry::exponential(first, longest);
        let mut before = Duration::ZERO;
        assert_eq!(retry.get_max_delay(1), first);
        assert_eq!(retry.get_max_delay(0), first);
        for attempt in 1..200 {
            let delay = retry.get_max_delay(attempt);
            assert!(delay >= before && delay <= longest, "{retry:?} {attempt}");
            assert!(delay == longest || delay == before * 2 || attempt == 1);
            before = delay;
        }
        assert_eq!(retry.get_max_delay(u32::MAX), longest);
    }
}

#[test]
fn each_delay_is_random_between_zero_and_its_maximum() {
    let registry = Registry::new();
    static CALLS: AtomicU32 = AtomicU32::new(0);
    let fails = |_: &Work| {
        CALLS.fetch_add(1, Ordering::Relaxed);
        Err::<(), _>("refused")
    };
    let retry = Retry::exponential(LATER, LATER).max_retries(1);
    let new = registry.subscribe_deferred(fails).retry(retry);
    new.register().expect("it is valid").detach();
    let mut time = Time::of(&registry);
    for _ in 0..200 {
        registry.emit(Work::new(1, 0, &Journal::default()));
    }
    registry.queue().flush();
    let calls = || CALLS.load(Ordering::Relaxed);
    assert_eq!(calls(), 200);
    // With 200 delays each of these fails once in far more than a billion runs.
    time.advance(LATER / 2);
    assert!((220..380).contains(&calls()), "{}", calls());
    time.advance(LATER / 2);
    assert_eq!(calls(), 400);
}

#[test]
fn wrong_durations_panic_with_the_remedy() {
    let second = Duration::from_secs(1);
    let check = |first, longest, expected: &str| {
        let panic = std::panic::catch_unwind(|| Retry::exponential(first, longest));
        let payload = panic.expect_err("it is wrong");
        let text = payload.downcast_ref::<&str>().expect("it is a text");
        assert!(text.contains(expected), "{text}");
    };
    check(Duration::ZERO, second, "`first` delay of zero");
    check(second, second / 2, "swap the two");
    check(second, Duration::MAX, "endless");
}

#[test]
fn the_description_of_a_subscriber_has_its_retry() {
    let registry = Registry::new();
    let report = registry
        .scanner()
        .subscribers(subscribers![concurrent, panics])
        .run();
    let infos: Vec<_> = report.subscribers().map(|info| info.retry).collect();
    assert_eq!(infos, [Some(Retry::times(3)), Some(RETRY)]);
}
