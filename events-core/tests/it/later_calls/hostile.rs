//! What happens to a call between two attempts, at its timeout, or while it waits for its key.

use std::{
    future::pending,
    hash::{Hash, Hasher},
    sync::{Arc, Mutex},
    time::{Duration, SystemTime},
};

use events_core::{
    __testing::TestTime, Emission, Failure, Registry, Subscription, subscriber, subscribers,
};

use super::{LATER, RETRY, Time, Work};
use crate::{Journal, block_on, poll_once};

#[subscriber(deferred, concurrency = 1, retry = RETRY)]
fn retried(work: &Work, emission: &Emission) -> Result<(), String> {
    work.run(emission.attempt())
}

/// `between` happens after the first attempt of event 1, which fails once; event 2 waits for its permit.
fn check(registry: &Registry, between: impl FnOnce(&Registry), expected: &str) {
    let journal = Journal::default();
    let mut time = Time::of(registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.queue().flush();
    assert_eq!(journal.take(), ["1.1"]);
    between(registry);
    time.advance(2 * LATER);
    assert_eq!(journal.take().join(" "), expected);
    let queue = registry.queue();
    assert_eq!((queue.scheduled(), queue.len()), (0, 0));
}

#[test]
fn a_subscriber_that_is_muted_between_two_attempts_receives_the_events_of_before() {
    let registry = Registry::with(subscribers![retried]);
    let mut guard = None;
    let mute = |registry: &Registry| guard = Some(registry.mute(retried));
    check(&registry, mute, "1.2 2.1");
    drop(guard);
}

#[test]
fn a_scan_between_two_attempts_repeats_the_call_once() {
    let registry = Registry::with(subscribers![retried]);
    let scan = |registry: &Registry| {
        let scanner = registry.scanner().subscribers(subscribers![retried]);
        drop(scanner.run());
    };
    check(&registry, scan, "1.2 2.1");
}

#[test]
fn a_subscriber_that_replaces_another_one_receives_nothing_of_its_events() {
    let registry = Registry::new();
    let subscribe = |registry: &Registry, name: &'static str| {
        let handler = move |work: &Work, emission: &Emission| {
            let result = work.run(emission.attempt());
            work.journal.note(name);
            result
        };
        let new = registry.subscribe_deferred(handler).concurrency(1);
        let new = new.retry(RETRY).id("same");
        new.register().expect("the id is free")
    };
    let old = subscribe(&registry, "old");
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.queue().flush();
    drop(old);
    let new = subscribe(&registry, "new");
    registry.emit(Work::new(3, 0, &journal));
    time.advance(2 * LATER);
    assert_eq!(journal.take(), ["1.1", "old", "3.1", "new"]);
    drop(new);
}

#[test]
fn a_clock_of_the_system_that_is_set_back_moves_no_attempt() {
    let registry = Registry::with(subscribers![retried]);
    let set_back = |registry: &Registry| {
        TestTime::stop(registry).set_system(SystemTime::UNIX_EPOCH);
    };
    check(&registry, set_back, "1.2 2.1");
}

#[test]
fn a_clock_that_goes_back_delays_what_waits_and_loses_nothing() {
    let registry = Registry::with(subscribers![retried]);
    let journal = Journal::default();
    let time = TestTime::stop(&registry);
    time.jump(Duration::from_secs(3600));
    registry.emit(Work::new(1, 1, &journal));
    registry.queue().flush();
    // The time of before is that of an hour ago.
    time.resume();
    registry.queue().flush();
    assert_eq!((journal.take().len(), registry.queue().scheduled()), (1, 1));
    let mut time = Time::of(&registry);
    time.advance(Duration::from_secs(3600) + LATER);
    assert_eq!(journal.take(), ["1.2"]);
}

#[test]
fn a_subscriber_that_always_fails_holds_up_no_other_one() {
    #[subscriber(deferred, concurrency = 1, retry = RETRY)]
    fn fails(_: &Work) -> Result<(), &'static str> {
        Err("refused")
    }

    #[subscriber(deferred, concurrency = 1)]
    fn works(work: &Work) {
        work.journal.note(work.number.to_string());
    }

    let registry = Registry::with(subscribers![fails, works]);
    let journal = Journal::default();
    let _time = Time::of(&registry);
    for number in 0..100 {
        registry.emit(Work::new(number, 0, &journal));
        registry.queue().flush();
        assert_eq!(journal.take(), [number.to_string()]);
    }
}

/// Calls a function when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn failures(registry: &Registry) -> Journal {
    let failures = Journal::default();
    let seen = failures.clone();
    let hook = move |failure: &Failure| seen.note(failure.to_string());
    registry.on_failure(hook).detach();
    failures
}

#[test]
fn a_call_whose_time_is_over_while_it_is_dropped_is_neither_a_failure_nor_repeated() {
    let registry = Registry::new();
    let time = Arc::new(Mutex::new(TestTime::stop(&registry)));
    let of_drop = Arc::clone(&time);
    let handler = move |_: &Work| {
        let time = Arc::clone(&of_drop);
        async move {
            let _jumps = OnDrop(|| time.lock().expect("no panic").jump(2 * LATER));
            pending::<()>().await;
        }
    };
    let new = registry.subscribe_async(handler).timeout(LATER);
    new.retry(3).register().expect("it is valid").detach();
    let failures = failures(&registry);
    let mut emit = Box::pin(registry.emit_async(Work::new(1, 0, &Journal::default())));
    assert!(poll_once(emit.as_mut()).is_pending());
    drop(emit);
    let target = time.lock().expect("no panic").after(60 * LATER);
    let at_most = Duration::from_secs(60);
    let mut time = time.lock().expect("no panic");
    assert_eq!(time.block_until(target, at_most, || false), Some(true));
    assert_eq!(failures.take().len(), 0);
    assert_eq!(registry.queue().scheduled(), 0);
}

#[test]
fn a_call_whose_drop_panics_at_its_timeout_is_repeated_and_gives_up_its_permit() {
    let registry = Registry::new();
    let handler = |work: &Work, emission: &Emission| {
        let (work, attempt) = (work.clone(), emission.attempt());
        async move {
            work.journal.note(format!("{}.{attempt}", work.number));
            if work.number == 1 {
                let _panics = OnDrop(|| panic!("in a destructor"));
                pending::<()>().await;
            }
        }
    };
    let new = registry.subscribe_async(handler).timeout(LATER).retry(1);
    let new = new.concurrency(1);
    new.register().expect("it is valid").detach();
    let (failures, journal) = (failures(&registry), Journal::default());
    let mut time = Time::of(&registry);
    registry.emit(Work::new(1, 0, &journal));
    registry.emit(Work::new(2, 0, &journal));
    time.advance(60 * LATER);
    assert_eq!(journal.take(), ["1.1", "1.2", "2.1"]);
    let failures = failures.take();
    assert_eq!(failures.len(), 2, "{failures:?}");
    assert!(failures.iter().all(|one| one.contains("it took longer")));
}

#[test]
fn a_timeout_that_never_comes_is_allowed_unless_it_is_endless() {
    let registry = Registry::new();
    let longest = Duration::MAX - Duration::from_nanos(1);
    let handler = async |work: &Work| work.journal.note("ran");
    let new = registry.subscribe_async(handler).timeout(longest);
    new.register().expect("it is valid").detach();
    let handler = |work: &Work| work.journal.note("debounced");
    let new = registry.subscribe_deferred(handler).debounce(longest);
    new.register().expect("it is valid").detach();
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.emit(Work::new(1, 0, &journal));
    time.advance(Duration::from_secs(100 * 365 * 24 * 3600));
    assert_eq!(journal.take(), ["ran"]);
    assert_eq!(registry.queue().take_scheduled().len(), 1);
}

/// A key of an event, whose code panics.
#[derive(Clone, Copy)]
enum Key {
    Fine(u32),
    PanicsInHash,
    PanicsInDrop,
}

struct HostileKey(Key);

impl Hash for HostileKey {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self.0 {
            Key::Fine(number) => number.hash(state),
            Key::PanicsInHash => panic!("in Hash"),
            Key::PanicsInDrop => {}
        }
    }
}

/// Only the hash is used.
impl PartialEq for HostileKey {
    fn eq(&self, _: &Self) -> bool {
        panic!("in Eq");
    }
}

impl Eq for HostileKey {}

impl Drop for HostileKey {
    fn drop(&mut self) {
        assert!(!matches!(self.0, Key::PanicsInDrop), "in Drop");
    }
}

fn hostile_key(work: &Work) -> HostileKey {
    HostileKey(match work.number {
        100 => Key::PanicsInHash,
        101 => Key::PanicsInDrop,
        102 => panic!("in the function"),
        number => Key::Fine(number % 2),
    })
}

#[test]
fn an_event_whose_key_panics_fails_and_changes_nothing_for_the_others() {
    for debounce in [false, true] {
        let registry = Registry::new();
        let handler = |work: &Work, emission: &Emission| work.run(emission.attempt());
        let mut new = registry.subscribe_deferred(handler).retry(RETRY);
        if debounce {
            new = new.debounce(LATER);
        }
        let new = new.per_key(hostile_key);
        new.register().expect("it is valid").detach();
        let (failures, journal) = (failures(&registry), Journal::default());
        let mut time = Time::of(&registry);
        registry.emit(Work::new(1, 1, &journal));
        for number in [100, 101, 102] {
            registry.emit(Work::new(number, 0, &journal));
        }
        assert_eq!(registry.queue().flush().failures(), 3);
        let texts = failures.take().join(" ");
        let mut reasons = ["in Hash", "in Drop", "in the function"].into_iter();
        assert!(reasons.all(|reason| texts.contains(reason)), "{texts}");
        time.advance(3 * LATER);
        assert_eq!(journal.take(), ["1.1", "1.2"]);
        assert_eq!(registry.queue().scheduled(), 0);
    }
}

#[test]
fn a_key_function_may_emit_and_unsubscribe() {
    let registry = Registry::new();
    let guard = Arc::new(Mutex::new(None::<Subscription>));
    let (own, inner) = (Arc::clone(&guard), registry.clone());
    let handler = |work: &Work, emission: &Emission| work.run(emission.attempt());
    let new = registry
        .subscribe_deferred(handler)
        .per_key(move |work: &Work| {
            if work.number == 1 {
                inner.emit(Work::new(2, 0, &work.journal));
            } else {
                let own = own.lock().expect("no panic").take();
                drop(own);
            }
            7
        });
    *guard.lock().expect("no panic") = Some(new.register().expect("it is valid"));
    let journal = Journal::default();
    registry.emit(Work::new(1, 0, &journal));
    assert_eq!(registry.queue().flush().failures(), 0);
    // The second one has unsubscribed its handler before it was called.
    assert_eq!(journal.take(), ["1.1"]);
    assert!(guard.lock().expect("no panic").is_none());
}

#[test]
fn a_shutdown_returns_the_last_event_of_each_key() {
    #[subscriber(deferred, debounce = LATER, per_key = |work| work.number % 3)]
    fn last(work: &Work) {
        _ = work.run(1);
    }

    let registry = Registry::with(subscribers![last]);
    let journal = Journal::default();
    let _time = Time::of(&registry);
    for number in 0..9 {
        registry.emit(Work::new(number, 0, &journal));
    }
    registry.queue().flush();
    let unfinished = block_on(registry.queue().shutdown_async(async {}));
    let number = |event: events_core::queues::UnfinishedEvent| {
        assert_eq!((event.attempt(), event.due().is_some()), (1, true));
        event.downcast::<Work>().expect("it is one").number
    };
    let numbers: Vec<_> = unfinished.events.into_iter().map(number).collect();
    assert_eq!(numbers, [6, 7, 8]);
    assert_eq!(journal.take().len(), 0);
}

#[test]
fn a_registry_that_is_dropped_by_its_own_retry_frees_everything() {
    let journal = Journal::default();
    let work = Work::new(1, 2, &journal);
    let fails = Arc::clone(&work.fails);
    {
        let registry = Registry::with(subscribers![retried]);
        let time = TestTime::stop(&registry);
        let other = Work::new(2, 0, &journal);
        registry.emit(work);
        registry.emit(other);
        registry.queue().flush();
        time.jump(LATER);
        registry.queue().flush();
        assert_eq!(journal.take(), ["1.1", "1.2"]);
    }
    assert_eq!(Arc::strong_count(&fails), 1);
}
