//! Checks that hold whatever the code does are errors.

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
fn never_with_a_matching_that_was_never_called() {
    let uncalled = "no such event was emitted, so `matching` was never called and this expectation could not \
                    fail";
    check(Some(uncalled), |events| {
        events
            .expect::<Saved>()
            .never()
            .matching(|event| event.number == 7);
        Sent.emit();
    });
    check(Some(uncalled), |events| {
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
fn a_matching_that_panics_fails_the_test() {
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
fn an_expectation_of_an_event_that_was_already_emitted() {
    let events = EventMock::empty();
    for number in [1, 2] {
        Saved { number }.emit();
    }
    let late = failure(|| drop(events.expect::<Saved>()));
    assert!(
        late.starts_with("this expectation is too late: `vacuous.saved` was already emitted twice"),
        "{late}"
    );
    assert!(
        late.contains("at events-testing/tests/it/vacuous.rs:"),
        "{late}"
    );
    let late = failure(|| drop(events.expect_topic("vacuous.*").never()));
    assert!(
        late.contains("a topic like `vacuous.*` was already emitted twice"),
        "{late}"
    );

    let _ = events.expect::<Sent>();
    Sent.emit();
    events.clear();
    events.expect::<Saved>().never();
    Sent.emit();
}

#[test]
fn an_expectation_after_the_last_emit() {
    check(Some("no event was emitted after this line"), |events| {
        Sent.emit();
        events.expect::<Saved>();
    });
}

#[test]
fn at_least_0_is_refused() {
    let events = EventMock::empty();
    let at_least = failure(|| drop(events.expect::<Saved>().at_least(0)));
    assert!(
        at_least.starts_with("`at_least(0)` always holds"),
        "{at_least}"
    );
    Saved { number: 1 }.emit();
}

#[test]
fn an_order_of_one_with_never_with_one_twice_or_of_another_mock_is_refused() {
    let events = EventMock::empty();
    let saved = events.expect::<Saved>();
    let sent = events.expect::<Sent>().never();
    let one = failure(|| events.in_order(vec![&saved]));
    assert_eq!(
        one,
        "an order needs at least two expectations, and this one has 1; add another"
    );
    let never = failure(|| events.in_order((&saved, &sent)));
    assert!(
        never.starts_with("an order cannot contain an expectation of `never()`; remove the one at"),
        "{never}"
    );
    let again = events.expect::<Saved>();
    for order in [
        failure(|| events.in_order((&saved, &saved))),
        failure(|| events.in_order(vec![&saved, &saved])),
        failure(|| events.in_order((&saved, &again, &saved))),
    ] {
        assert!(
            order.starts_with("the expectation at events-testing/tests/it/vacuous.rs:")
                && order.ends_with(" is named twice in this order; remove one of the two"),
            "{order}"
        );
    }
    let none = failure(|| events.in_order(Vec::<&events_testing::Expectation<Saved>>::new()));
    assert_eq!(
        none,
        "an order needs at least two expectations, and this one has 0; add another"
    );
    let other = EventMock::empty();
    let foreign = failure(|| other.in_order((&saved, &saved)));
    assert!(
        foreign.starts_with("an order cannot contain an expectation of another mock"),
        "{foreign}"
    );
    drop(other);
    Saved { number: 1 }.emit();
}

#[test]
fn an_expectation_of_an_order_cannot_become_never() {
    for never in [
        events_testing::Expectation::never,
        |sent: events_testing::Expectation<Sent>| sent.times(0),
    ] {
        let events = EventMock::empty();
        let (saved, sent) = (events.expect::<Saved>(), events.expect::<Sent>());
        events.in_order((&saved, &sent));
        let text = failure(|| drop(never(sent)));
        assert!(
            text.starts_with(
                "this expectation is part of the order at events-testing/tests/it/vacuous.rs:"
            ),
            "{text}"
        );
        Saved { number: 1 }.emit();
        Sent.emit();
    }
}

#[test]
fn a_count_an_origin_or_a_matching_that_is_refused_leaves_the_first_one_in_force() {
    let saved = |number| _ = Saved { number }.emit_from("a");
    check(Some("exactly once"), |events| {
        let first = events.expect::<Saved>().times(1);
        failure(|| drop(first.times(2)));
        saved(1);
        saved(2);
    });
    check(Some("from `a`"), |events| {
        let first = events.expect::<Saved>().from("a").never();
        failure(|| drop(first.from("b")));
        saved(1);
    });
    check(Some("`matching` panicked at #1: first"), |events| {
        let first = events.expect::<Saved>().matching(|_| panic!("first"));
        failure(|| drop(first.matching(|_| true)));
        saved(1);
    });
}

#[test]
fn clear_does_not_forget_a_matching_that_panicked() {
    check(
        Some("`matching` panicked at a cleared event: no"),
        |events| {
            let panics_at_7 = |event: &Saved| {
                assert!(event.number != 7, "no");
                true
            };
            events.expect::<Saved>().matching(panics_at_7);
            Saved { number: 7 }.emit();
            events.clear();
            Saved { number: 8 }.emit();
        },
    );
}

#[test]
fn a_count_an_origin_or_a_matching_that_is_set_twice_is_refused() {
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
    assert!(failure(|| drop(events.expect_topic("("))).contains("not a regular expression"));
    failure(|| drop(events)); // the first count remains in force, and the event was not emitted
}

/// An assertion about the attempts of a subscriber that has none.
#[test]
fn the_attempts_of_a_subscriber_without_retry() {
    #[derive(Event, Clone)]
    struct Ordered;

    let events = EventMock::empty();
    let refuse = |_: &Ordered| Err::<(), _>("busy");
    let mail = events.registry().subscribe_deferred(refuse).id("send_mail");
    let guard = mail.retry(2).register().expect("registered");
    let audit = events
        .registry()
        .subscribe_deferred(|_: &Ordered| ())
        .id("audit");
    audit.register().expect("registered").detach();
    let check = |name: &str, times: usize, expected: &str| {
        let text = failure(|| events.assert_retried(name, times));
        assert!(text.contains(expected), "`{expected}` is not in:\n{text}");
    };
    check(
        "send_male",
        0,
        "no subscriber `send_male` is registered; did you mean `send_mail`?",
    );
    check("mail", 0, "no subscriber `mail` is registered");
    check("audit", 0, "`audit` has no option `retry`");
    events.assert_retried("send_mail", 0);
    Ordered.emit();
    events.settle();
    events.assert_retried("send_mail", 1);
    check(
        "send_mail",
        3,
        "1 failed call of `send_mail` was followed by a further attempt, and not 3; delays",
    );
    drop(guard);
    events.assert_retried("send_mail", 1);
}
