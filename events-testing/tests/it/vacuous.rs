//! An assertion that passes on nothing is told.

use events_core::{Event, args, emit_topic};
use events_testing::EventMock;

use super::{check, failure};

#[derive(Event)]
#[event(topic = "vacuous.saved")]
struct Saved {
    number: u32,
}

#[derive(Event)]
#[event(topic = "vacuous.sent")]
struct Sent;

#[test]
fn never_with_a_matching_that_was_never_asked() {
    let unasked = "no such event came, so `matching` was never asked, and this could not fail";
    check(Some(unasked), |events| {
        events
            .expect::<Saved>()
            .never()
            .matching(|event| event.number == 7);
        Sent.emit();
    });
    check(Some(unasked), |events| {
        events
            .expect::<Saved>()
            .times(0)
            .from("shop")
            .matching(|event| event.number == 7);
        Saved { number: 7 }.emit();
    });
    check(None, |events| {
        events
            .expect::<Saved>()
            .never()
            .matching(|event| event.number == 7);
        Saved { number: 8 }.emit();
    });
    check(None, |events| {
        events.expect::<Saved>().never();
    });
}

#[test]
fn a_matching_that_panics_holds_for_nothing() {
    let panicked = "`matching` panicked at #1: seven was expected";
    check(Some(panicked), |events| {
        let seven = |event: &Saved| {
            assert!(event.number == 7, "seven was expected");
            true
        };
        events.expect::<Saved>().never().matching(seven);
        Saved { number: 8 }.emit();
    });
    check(Some("`matching` panicked at #1: no"), |events| {
        events.expect_topic(".*").matching(|_| panic!("no"));
        emit_topic("any", args! {});
    });
}

#[test]
fn an_expectation_after_the_fact() {
    let events = EventMock::empty();
    for number in [1, 2] {
        Saved { number }.emit();
    }
    let late = failure(|| drop(events.expect::<Saved>()));
    assert!(
        late.starts_with(
            "an expectation after the fact: `vacuous.saved` was emitted twice already"
        ),
        "{late}"
    );
    assert!(
        late.contains("at events-testing/tests/it/vacuous.rs:"),
        "{late}"
    );
    let late = failure(|| drop(events.expect_topic("vacuous.*").never()));
    assert!(
        late.contains("a topic like `vacuous.*` was emitted twice already"),
        "{late}"
    );

    let _ = events.expect::<Sent>();
    Sent.emit();
    events.clear();
    events.expect::<Saved>().never();
    Sent.emit();
}

#[test]
fn an_expectation_behind_all_that_emits() {
    check(
        Some("nothing at all was emitted after this line"),
        |events| {
            Sent.emit();
            events.expect::<Saved>();
        },
    );
}

#[test]
fn what_holds_whatever_happens_is_refused() {
    let events = EventMock::empty();
    let at_least = failure(|| drop(events.expect::<Saved>().at_least(0)));
    assert!(
        at_least.starts_with("`at_least(0)` holds whatever happens"),
        "{at_least}"
    );
    Saved { number: 1 }.emit();
}

#[test]
fn an_order_of_one_or_with_what_never_comes() {
    let events = EventMock::empty();
    let saved = events.expect::<Saved>();
    let sent = events.expect::<Sent>().never();
    let one = failure(|| events.in_order(vec![&saved]));
    assert_eq!(
        one,
        "an order of 1 expectations says nothing; write two or more"
    );
    let never = failure(|| events.in_order((&saved, &sent)));
    assert!(
        never.starts_with("what is never to be emitted has no place in an order"),
        "{never}"
    );
    let other = EventMock::empty();
    let foreign = failure(|| other.in_order((&saved, &saved)));
    assert!(foreign.ends_with("this one is of another"), "{foreign}");
    drop(other);
    Saved { number: 1 }.emit();
}

#[test]
fn what_is_said_twice() {
    let events = EventMock::empty();
    events.fake_all();
    let cases: [fn(events_testing::Expectation<Saved>); 3] = [
        |saved| drop(saved.times(1).never()),
        |saved| drop(saved.from("a").from("b")),
        |saved| drop(saved.matching(|_| true).matching(|_| true)),
    ];
    for case in cases {
        let text = failure(|| case(events.expect::<Saved>()));
        assert!(text.contains("already"), "{text}");
    }
    assert!(failure(|| drop(events.expect_topic("("))).contains("no regular expression"));
    failure(|| drop(events)); // what was said first holds, and such an event was not emitted
}
