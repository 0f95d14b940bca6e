//! What would explain a missed expectation: nothing was scanned, events wait in the queue, a thread or task does
//! not belong to the test, or the event was muted.

use std::{
    sync::{Mutex, PoisonError},
    thread,
};

use events_core::{Event, Registry, State, subscriber, subscribers};
use events_testing::{EventMock, Events};

use crate::{failed_expectations, failure};

#[derive(Event, Clone)]
#[event(topic = "explained.ordered")]
struct Ordered;

#[derive(Event, Clone)]
#[event(topic = "explained.paid")]
struct Paid;

#[subscriber]
fn pay(_: &Ordered) {
    Paid.emit();
}

const SCAN: &str = "nothing was scanned";
const QUEUE: &str = "in the queue";
const THREAD: &str = "outside of this test";
const MUTED: &str = "while it was muted";

/// The text of a test that expects a payment, and of one that asserts it afterwards.
fn texts(mock: fn() -> EventMock, orders: fn(&Events)) -> [String; 2] {
    let events = mock();
    events.expect::<Paid>();
    orders(&events);
    let at_the_end = failure(|| events.verify());
    let events = mock();
    orders(&events);
    let asserted = failure(|| drop(events.assert_emitted::<Paid>()));
    [at_the_end, asserted]
}

fn order(_: &Events) {
    Ordered.emit();
}

fn order_in_the_queue(events: &Events) {
    events.registry().on_deferred(pay).detach();
    Ordered.emit();
    Ordered.emit();
}

/// The threads emit to the default registry, where other tests would see their events.
static DEFAULT_REGISTRY: Mutex<()> = Mutex::new(());

fn pay_in_a_thread(_: &Events) {
    let thread = thread::Builder::new().name("cashier".into());
    let thread = thread.spawn(|| _ = Paid.emit());
    let thread = thread.expect("the system starts a thread");
    thread.join().expect("the thread does not panic");
}

fn pay_muted(events: &Events) {
    events.muted::<Paid>(|| Paid.emit());
}

#[test]
fn an_event_that_is_missed_is_explained() {
    let _lock = DEFAULT_REGISTRY
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    type Case = (fn() -> EventMock, fn(&Events), &'static str, &'static str);
    let cases: [Case; 4] = [
        (EventMock::install, order, SCAN, "events_core::scan()"),
        (
            EventMock::empty,
            order_in_the_queue,
            QUEUE,
            "events.settle()",
        ),
        (EventMock::empty, pay_in_a_thread, THREAD, "events.bring"),
        (EventMock::empty, pay_muted, MUTED, "muted"),
    ];
    for (mock, orders, reason, remedy) in cases {
        for text in texts(mock, orders) {
            for part in [reason, remedy] {
                assert!(text.contains(part), "`{part}` is not in: {text}");
            }
            for other in [SCAN, QUEUE, THREAD, MUTED] {
                assert!(other == reason || !text.contains(other), "{text}");
            }
        }
    }
}

#[test]
fn the_numbers_of_an_explanation_are_words_for_1_and_2() {
    let _lock = DEFAULT_REGISTRY
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let [queued, _] = texts(EventMock::empty, order_in_the_queue);
    assert!(queued.contains("2 events wait in the queue"), "{queued}");
    let [one, _] = texts(EventMock::empty, |events| {
        events.registry().on_deferred(pay).detach();
        Ordered.emit();
    });
    assert!(one.contains("1 event waits in the queue"), "{one}");
    let [thread, _] = texts(EventMock::empty, pay_in_a_thread);
    assert!(
        thread.contains(
            "it was emitted once outside of this test, on the thread `cashier` at events-testing/"
        ),
        "{thread}"
    );
    let [twice, _] = texts(EventMock::empty, |events| {
        pay_in_a_thread(events);
        pay_in_a_thread(events);
    });
    assert!(
        twice.contains("it was emitted twice outside of this test, first on the thread"),
        "{twice}"
    );
}

/// Checks that the text for a queued event names the call of async code.
fn check_async_hint(events: &Events) {
    order_in_the_queue(events);
    let text = failure(|| drop(events.assert_emitted::<Paid>()));
    let hint = "2 events wait in the queue; call `events.settle_async().await`, so that";
    assert!(text.contains(hint), "{text}");
}

#[events_testing::test(empty)]
async fn in_an_async_test_the_hint_about_the_queue_names_settle_async() {
    check_async_hint(&events_testing::current());
}

#[tokio::test]
async fn inside_a_runtime_the_hint_about_the_queue_names_settle_async() {
    check_async_hint(&EventMock::empty());
}

#[test]
fn in_a_test_on_another_runtime_the_hint_about_the_queue_names_settle_async() {
    smol::block_on(EventMock::run_future(async {
        check_async_hint(&events_testing::current());
    }));
}

#[test]
fn nothing_is_explained_that_holds_or_was_emitted_too_often() {
    let _lock = DEFAULT_REGISTRY
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let text = failed_expectations(|events| {
        events.expect::<Paid>().never();
        Paid.emit();
        order_in_the_queue(events);
        pay_in_a_thread(events);
    });
    let text = text.expect("the test fails");
    for part in [SCAN, QUEUE, THREAD] {
        assert!(!text.contains(part), "{text}");
    }
}

#[test]
fn after_a_scan_nothing_says_that_nothing_was_scanned() {
    let text = failed_expectations(|events| {
        let scanner = events
            .registry()
            .scanner()
            .state(doctest_bundle_2024::Db)
            .state(Mailer);
        scanner.module("it::texts::explanations").run();
        events.expect::<Paid>();
    });
    assert!(!text.expect("the test fails").contains(SCAN));
}

#[test]
fn a_mock_over_the_default_registry_and_others_can_be_dropped_in_any_order() {
    let _lock = DEFAULT_REGISTRY
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let default = thread::spawn(events_core::registry);
    let default = default.join().expect("the thread does not panic");
    let inner = EventMock::empty();
    let over = EventMock::over(&default);
    let shop = Registry::new();
    let other = EventMock::over(&shop);
    drop(inner);
    over.expect::<Paid>();
    pay_in_a_thread(&over);
    drop(over);
    other.expect::<Ordered>();
    let _ = default.emit(Ordered);
    let text = failure(|| other.verify());
    assert!(text.contains(THREAD), "{text}");
}

/// Named as the crate in which rustdoc merges doctests.
mod doctest_bundle_2024 {
    use events_core::{State, subscriber};

    pub(super) struct Db;

    #[subscriber]
    pub(super) fn save(_: &super::Ordered, _: State<'_, Db>) {}
}

#[test]
fn a_scan_that_fails_among_merged_doctests_names_standalone_crate() {
    let scan = |subscribers| Registry::new().scanner().subscribers(subscribers).try_run();
    let problem = scan(subscribers![doctest_bundle_2024::save]).expect_err("a state is missing");
    let text = problem.to_string();
    assert!(
        text.ends_with(
            "\nrustdoc has merged several doctests into this program, which has the events and subscribers of \
             all of them; begin the code block of each doctest that scans with ```standalone_crate"
        ),
        "{text}"
    );
    let problem = scan(subscribers![waits_for_a_state]).expect_err("a state is missing");
    assert!(
        !problem.to_string().contains("standalone_crate"),
        "{problem}"
    );
}

struct Mailer;

#[subscriber]
fn waits_for_a_state(_: &Ordered, _: State<'_, Mailer>) {}
