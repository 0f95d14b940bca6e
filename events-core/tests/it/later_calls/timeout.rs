//! Calls that take too long.

use std::{future::pending, time::Duration};

use events_core::{
    Emission, EventCopy, Registry,
    failures::Cause,
    listener, subscriber, subscribers,
    subscribing::{BackgroundKind, NewSubscription},
};

use super::{LATER, Time, Work};
use crate::{Journal, block_on, poll_once};

/// Notes that it is dropped.
struct Dropped(Journal);

impl Drop for Dropped {
    fn drop(&mut self) {
        self.0.note("dropped");
    }
}

async fn hangs(journal: &Journal) {
    let _dropped = Dropped(journal.clone());
    pending::<()>().await;
}

#[subscriber(timeout = LATER)]
async fn concurrent(work: &Work) {
    hangs(&work.journal).await;
}

#[subscriber(deferred, timeout = LATER)]
async fn deferred(work: &Work) {
    hangs(&work.journal).await;
}

#[subscriber(awaited, timeout = LATER)]
async fn awaited(work: &Work) {
    hangs(&work.journal).await;
}

#[subscriber(timeout = LATER)]
async fn awaited_mut(work: &mut Work) {
    hangs(&work.journal).await;
}

#[subscriber(awaited, once, timeout = LATER)]
async fn awaited_once(work: &Work) {
    hangs(&work.journal).await;
}

#[subscriber(topic = ".*::Work", timeout = LATER)]
async fn by_topic(event: &EventCopy) {
    hangs(&event.downcast_ref::<Work>().expect("it is one").journal).await;
}

struct Listening;

#[listener]
impl Listening {
    #[on(awaited, timeout = LATER)]
    async fn work(&self, work: &Work) {
        hangs(&work.journal).await;
    }
}

fn registries() -> Vec<Registry> {
    let mut all = vec![
        Registry::with(subscribers![concurrent]),
        Registry::with(subscribers![deferred]),
        Registry::with(subscribers![awaited]),
        Registry::with(subscribers![awaited_mut]),
        Registry::with(subscribers![awaited_once]),
        Registry::with(subscribers![by_topic]),
    ];
    let new = || {
        all.push(Registry::new());
        all[all.len() - 1].clone()
    };
    let mut new = new;
    new().add(Listening).detach();
    let handler = async |work: &Work| hangs(&work.journal).await;
    let subscription = new().subscribe_async(handler).timeout(LATER);
    subscription.register().expect("it is valid").detach();
    let subscription = new().subscribe_awaited(handler).timeout(LATER);
    subscription.register().expect("it is valid").detach();
    let handler = async |event: &EventCopy| {
        hangs(&event.downcast_ref::<Work>().expect("it is one").journal).await;
    };
    let subscription = new().subscribe_topic_async(".*", handler);
    let subscription = subscription.expect("it is valid").timeout(LATER);
    subscription.register().expect("it is valid").detach();
    all
}

#[test]
fn a_call_is_dropped_after_its_timeout_and_not_before() {
    for registry in registries() {
        let journal = Journal::default();
        let mut time = Time::of(&registry);
        registry
            .enqueue(Work::new(1, 0, &journal))
            .expect("the queue has room");
        time.advance(LATER - Duration::from_nanos(1));
        assert_eq!(journal.take().len(), 0);
        time.advance(Duration::from_nanos(1));
        assert_eq!(journal.take(), ["dropped"]);
    }
}

#[test]
fn an_async_emit_reports_it_with_the_timeout_and_the_remedy() {
    for registry in registries() {
        let journal = Journal::default();
        let time = Time::of(&registry);
        let mut emit = Box::pin(registry.try_emit_async(Work::new(1, 0, &journal)));
        if let std::task::Poll::Ready(result) = poll_once(&mut emit) {
            assert_eq!(result.expect("it runs later").deferred(), 1);
            continue;
        }
        let clock_moved = std::thread::scope(|scope| {
            let emitted = scope.spawn(|| block_on(emit));
            let mut time = time;
            time.advance(LATER);
            emitted.join().expect("it does not panic")
        });
        let error = clock_moved.expect_err("it takes too long");
        let Cause::TimedOut(why) = error.failures()[0].cause() else {
            panic!("{error}");
        };
        assert_eq!(why.after(), LATER);
        assert_eq!(error.ran(), 1);
        let text = error.to_string();
        let expected = "was dropped before its end: it took longer than 1s, its `timeout`; raise that, or let the \
                        subscriber end earlier";
        assert!(text.contains(expected), "{text}");
    }
}

#[test]
fn a_timeout_is_a_failure_after_which_a_call_is_repeated() {
    #[subscriber(timeout = LATER, retry = 1)]
    async fn twice(work: &Work, emission: &Emission) {
        work.journal.note(format!("{}", emission.attempt()));
        if emission.attempt() == 1 {
            hangs(&work.journal).await;
        }
    }

    let registry = Registry::with(subscribers![twice]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.emit(Work::new(1, 0, &journal));
    time.advance(3 * LATER);
    assert_eq!(journal.take(), ["1", "dropped", "2"]);
}

#[test]
fn a_call_that_waits_for_its_permit_has_not_begun() {
    #[subscriber(timeout = LATER, concurrency = 1)]
    async fn one(work: &Work) {
        work.journal.note(format!("{}", work.number));
        if work.number == 1 {
            hangs(&work.journal).await;
        }
    }

    let registry = Registry::with(subscribers![one]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.emit(Work::new(1, 0, &journal));
    registry.emit(Work::new(2, 0, &journal));
    time.advance(LATER);
    assert_eq!(journal.take(), ["1", "dropped", "2"]);
}

#[test]
fn a_call_that_ends_in_time_is_none() {
    #[subscriber(timeout = LATER)]
    async fn quick(work: &Work) {
        work.journal.note("ran");
    }

    let registry = Registry::with(subscribers![quick]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    let emitted = block_on(registry.try_emit_async(Work::new(1, 0, &journal)));
    assert_eq!(emitted.expect("it runs").ran(), 1);
    time.advance(2 * LATER);
    assert_eq!(journal.take(), ["ran"]);
}

#[test]
fn the_panic_of_a_destructor_of_a_call_that_is_dropped_is_contained() {
    struct Panics;
    impl Drop for Panics {
        fn drop(&mut self) {
            panic!("in a destructor");
        }
    }

    #[subscriber(timeout = LATER)]
    async fn drops(work: &Work) {
        let _panics = Panics;
        hangs(&work.journal).await;
    }

    let registry = Registry::with(subscribers![drops]);
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    registry.emit(Work::new(1, 0, &journal));
    time.advance(LATER);
    assert_eq!(journal.take(), ["dropped"]);
    assert!(registry.queue().is_empty());
}

#[test]
fn wrong_timeouts_panic_with_the_remedy() {
    let check = |new: &dyn Fn(&Registry), expected: &str| {
        let registry = Registry::new();
        let panic = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| new(&registry)));
        let payload = panic.expect_err("it is wrong");
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        assert!(text.expect("it is a text").contains(expected), "{text:?}");
    };
    let handler = async |_: &Work| {};
    let zero = |registry: &Registry| {
        drop(registry.subscribe_async(handler).timeout(Duration::ZERO));
    };
    check(&zero, "a `timeout` of zero");
    let endless = |registry: &Registry| {
        drop(registry.subscribe_awaited(handler).timeout(Duration::MAX));
    };
    check(&endless, "the `timeout` is endless");
    let zero = |registry: &Registry| {
        drop(
            registry
                .subscribe_deferred(|_: &Work| ())
                .debounce(Duration::ZERO),
        );
    };
    check(&zero, "a `debounce` of zero");
    let endless = |registry: &Registry| {
        drop(
            registry
                .subscribe_deferred(|_: &Work| ())
                .debounce(Duration::MAX),
        );
    };
    check(&endless, "the `debounce` is endless");
}

/// An option that is not for the handler is an error of `register`, whatever the order of the options.
#[test]
fn a_misplaced_option_is_an_error_of_register() {
    let registry = Registry::new();
    let check = |new: NewSubscription<Work, BackgroundKind>, expected: &str| {
        let error = new
            .id("confirm")
            .register()
            .expect_err("it is misplaced")
            .to_string();
        assert!(
            error.contains("confirm (") && error.contains(expected),
            "{error}"
        );
        let worked = registry
            .try_emit(Work::new(1, 0, &Journal::default()))
            .expect("no subscriber fails");
        assert!(worked.is_unheard());
    };
    let sync = || registry.subscribe_deferred(|_: &Work| ());
    check(sync().timeout(LATER), "has a timeout, which only async");
    let asynchronous = || registry.subscribe_async(async |_: &Work| ());
    check(
        asynchronous().debounce(LATER),
        "has a debounce, which only deferred",
    );
    asynchronous()
        .debounce(LATER)
        .deferred()
        .register()
        .expect("it is deferred")
        .detach();
    asynchronous()
        .timeout(LATER)
        .register()
        .expect("it is async")
        .detach();
}
