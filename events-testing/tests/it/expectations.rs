//! Expectations: which events match them, their counts, origins and orders.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use events_core::{AnyEvent, Event, Origin, Registry, args, emit, emit_topic};
use events_testing::{EventMock, Events};

use super::check;

#[derive(Event, Clone)]
#[event(topic = "expected.placed")]
struct Placed {
    number: u32,
}

#[derive(Event, Clone)]
#[event(topic = "expected.paid")]
struct Paid;

#[derive(Event)]
#[event(topic = "expected.login")]
struct Login<'a> {
    user: &'a mut String,
}

/// Not `Clone`.
#[derive(Event)]
#[event(topic = "expected.sealed")]
struct Sealed {
    letter: String,
}

#[derive(Event)]
#[event(topic = "expected.boxed")]
struct Boxed<T: 'static> {
    item: T,
}

fn place(numbers: &[u32]) {
    for &number in numbers {
        Placed { number }.emit();
    }
}

#[test]
fn each_count_accepts_and_rejects_the_right_numbers_of_events() {
    type Configure = fn(events_testing::Expectation<Placed>) -> events_testing::Expectation<Placed>;
    let cases: [(&str, Configure, &[usize]); 6] = [
        ("without a count", |e| e, &[1, 2, 3, 4]),
        ("times", |e| e.times(2), &[2]),
        ("times(0)", |e| e.times(0), &[0]),
        ("at_least", |e| e.at_least(2), &[2, 3, 4]),
        ("at_least(1)", |e| e.at_least(1), &[1, 2, 3, 4]),
        ("never", events_testing::Expectation::never, &[0]),
    ];
    for (name, configure, passing) in cases {
        for count in 0..5 {
            let mock = EventMock::install();
            let _ = configure(mock.expect::<Placed>());
            place(&vec![7; count]);
            let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| mock.verify()));
            assert_eq!(
                result.is_ok(),
                passing.contains(&count),
                "{name}, {count} events"
            );
        }
    }
}

#[test]
fn an_expected_event_is_recorded_and_not_delivered() {
    let events = EventMock::empty();
    let calls = count_calls(&events);
    events.expect::<Placed>().times(2);

    place(&[1, 2]);
    assert_eq!(calls.load(Ordering::Relaxed), 0);
    events.assert_emitted::<Placed>().times(2);
}

#[test]
fn other_events_are_delivered_and_can_be_modified() {
    let events = EventMock::empty();
    events
        .registry()
        .on(|event: &mut Placed| event.number += 1)
        .detach();
    events.expect::<Paid>();

    assert_eq!(Placed { number: 1 }.emit().number, 2);
    Paid.emit();
}

#[test]
fn events_that_do_not_match_are_delivered() {
    let events = EventMock::empty();
    let calls = count_calls(&events);
    events
        .expect::<Placed>()
        .times(1)
        .matching(|event| event.number == 7)
        .from("shop");

    Placed { number: 7 }.emit(); // without an origin
    Placed { number: 8 }.emit_from("shop");
    assert_eq!(calls.load(Ordering::Relaxed), 2);
    Placed { number: 7 }.emit_from("shop");
    assert_eq!(calls.load(Ordering::Relaxed), 2);
}

/// Subscribes a handler; returns the number of its calls.
fn count_calls(events: &Events) -> Arc<AtomicU32> {
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let handler = move |_: &Placed| {
        counter.fetch_add(1, Ordering::Relaxed);
    };
    events.registry().on(handler).detach();
    calls
}

#[test]
fn matching_runs_during_the_emit_and_needs_no_clone() {
    check(None, |events| {
        events
            .expect::<Sealed>()
            .matching(|event| event.letter == "a");
        let sealed = Sealed { letter: "a".into() }.emit();
        assert_eq!(sealed.letter, "a");
    });
    check(Some("`matching` did not hold once: #1"), |events| {
        events
            .expect::<Sealed>()
            .matching(|event| event.letter == "a");
        Sealed { letter: "b".into() }.emit();
    });
}

#[test]
fn borrowing_and_generic_events() {
    check(None, |events| {
        events
            .expect::<Login<'_>>()
            .times(1)
            .matching_borrowed(|event| *event.user == "ada");
        let mut ada = String::from("ada");
        let mut bob = String::from("bob");
        Login { user: &mut bob }.emit();
        Login { user: &mut ada }.emit();
    });
    check(Some("`matching` did not hold once"), |events| {
        events
            .expect::<Login<'_>>()
            .matching_borrowed(|event| *event.user == "ada");
        Login {
            user: &mut String::from("bob"),
        }
        .emit();
    });
    check(Some("expected `expected.boxed` exactly once"), |events| {
        events
            .expect::<Boxed<u8>>()
            .times(1)
            .matching(|event| event.item == 7);
        Boxed { item: 7_u16 }.emit(); // another type with the same topic
    });
}

fn checkout() -> Placed {
    Placed { number: 1 }.emit_from(checkout)
}

struct Setting;

#[test]
fn origins() {
    check(None, |events| {
        events.expect::<Placed>().from(checkout).times(1);
        events.expect::<Paid>().from(Origin::of::<Setting>());
        checkout();
        Paid.emit_from(Origin::of::<Setting>());
    });
    check(
        Some("it was emitted twice without this origin: #1 and #2"),
        |events| {
            events.expect::<Placed>().from("billing");
            checkout();
            Placed { number: 1 }.emit();
        },
    );
}

#[test]
fn a_topic_pattern_matches_whole_topics() {
    check(None, |events| {
        events.expect_topic("expected\\.p.*").times(3);
        place(&[1]);
        Paid.emit();
        emit_topic("expected.post", args! {});
        emit_topic("unexpected.post", args! {});
    });
    check(Some("expected a topic like `expected`"), |events| {
        events.expect_topic("expected");
        Paid.emit();
    });
}

#[test]
fn a_topic_expectation_reads_arguments() {
    check(None, |events| {
        let signin = |event: &dyn AnyEvent| event.arg::<&str>("mode") == Some(&"signin");
        events.expect_topic("user::.*").times(1).matching(signin);
        emit_topic("user::in", args! { mode: "signin" });
        emit_topic("user::out", args! { mode: "signout" });
    });
}

#[test]
fn events_of_every_emit_method_are_recorded() {
    let events = EventMock::empty();
    let shop = events.registry().clone();
    events.expect::<Placed>().times(13);

    let placed = || Placed { number: 1 };
    placed().emit();
    let emitted = placed().try_emit().expect("no handler fails");
    assert_eq!((emitted.ran(), emitted.deferred()), (0, 0));
    events_core::emit_mut(&mut placed());
    placed().enqueue().expect("a withheld event is not queued");
    Placed::builder().number(1).emit();
    emit!(Placed, number = 1);
    shop.emit(placed());
    shop.emit_mut(&mut placed());
    shop.try_emit(placed()).expect("no handler fails");
    shop.enqueue(placed())
        .expect("a withheld event is not queued");
    smol::block_on(async {
        placed().emit_async().await;
        placed().try_emit_async().await.expect("no handler fails");
        shop.emit_async(placed()).await;
    });
    assert!(shop.queue().is_empty());
}

#[test]
fn an_enqueued_event_counts_once_when_it_is_enqueued() {
    let events = EventMock::empty();
    let calls = count_calls(&events);
    Placed { number: 1 }.enqueue().expect("the queue has room");
    events.assert_emitted::<Placed>().times(1);
    assert_eq!(calls.load(Ordering::Relaxed), 0);

    events.settle();
    events.assert_emitted::<Placed>().times(1);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn events_that_handlers_emit_are_recorded() {
    let events = EventMock::empty();
    events.registry().on(|_: &Placed| _ = Paid.emit()).detach();
    events.expect::<Paid>().times(1);
    place(&[1]);
}

#[test]
fn expectations_are_independent() {
    check(None, |events| {
        events.expect::<Placed>().times(3);
        events
            .expect::<Placed>()
            .times(1)
            .matching(|event| event.number == 2);
        events.expect_topic("expected.*").at_least(3);
        place(&[1, 2, 3]);
    });
}

#[test]
fn in_order_holds_when_all_events_of_one_expectation_precede_those_of_the_next() {
    let cases: [(&[u32], bool); 5] = [
        (&[1, 2], true),
        (&[1, 1, 2, 2], true),
        (&[2, 1], false),
        (&[1, 2, 1], false),
        (&[1, 3, 2], true), // events without an expectation may be in between
    ];
    for (numbers, holds) in cases {
        let failure = "expected in this order";
        check((!holds).then_some(failure), |events| {
            let first = events
                .expect::<Placed>()
                .matching(|event| event.number == 1);
            let second = events
                .expect::<Placed>()
                .matching(|event| event.number == 2);
            events.in_order((first, second));
            place(numbers);
        });
    }
}

#[test]
fn an_order_is_a_tuple_an_array_or_a_vec() {
    check(None, |events| {
        let placed = events.expect::<Placed>();
        let paid = events.expect::<Paid>();
        let posted = events.expect_topic("post.*");
        events.in_order((&placed, &paid, &posted));
        events.in_order((&placed, paid));
        place(&[1, 2]);
        Paid.emit();
        emit_topic("posted", args! {});
    });
    check(Some("expected in this order"), |events| {
        let is = |number| move |event: &Placed| event.number == number;
        let numbers = [3, 2, 1].map(|number| events.expect::<Placed>().matching(is(number)));
        events.in_order(&numbers);
        events.in_order(numbers.to_vec());
        place(&[1, 2, 3]);
    });
}

#[test]
fn a_mock_over_a_registry_records_the_events_of_that_registry() {
    let shop = Registry::new();
    shop.on(|event: &mut Placed| event.number += 1).detach();
    {
        let events = EventMock::over(&shop);
        events.expect::<Placed>().times(2);
        assert_eq!(shop.emit(Placed { number: 1 }).number, 1);
        Placed { number: 1 }.emit(); // the registry is also the current one
    }
    assert_eq!(shop.emit(Placed { number: 1 }).number, 2);
}
