//! Each text of a failing test with a count in it, with 1 and 2 in turn.

use std::time::Duration;

use events_core::Event;
use events_testing::{EventMock, muted};

use crate::{failed_expectations, failure};

#[derive(Event, Clone)]
#[event(topic = "counted::Ping")]
struct Ping;

#[derive(Event)]
#[event(topic = "counted::Pong")]
struct Pong;

/// The text of a count, of which a line is the expected one.
fn check(text: impl Fn(usize) -> String, rows: [(usize, &str); 2]) {
    for (count, expected) in rows {
        let text = text(count);
        let has_line = text.lines().any(|line| line.trim() == expected);
        assert!(has_line, "no line `{expected}`:\n{text}");
    }
}

fn ping(count: usize) {
    (0..count).for_each(|_| _ = Ping.emit());
}

#[test]
fn failed_expectations_are_counted() {
    let of = |all: usize| {
        move |failed: usize| {
            let text = failed_expectations(|events| {
                (0..failed).for_each(|_| drop(events.expect::<Ping>()));
                (failed..all).for_each(|_| drop(events.expect::<Pong>().at_least(1)));
                Pong.emit();
            });
            text.expect("the test fails")
        }
    };
    let rows = [
        (1, "1 of 3 expectations does not hold"),
        (2, "2 of 3 expectations do not hold"),
    ];
    check(of(3), rows);
    let text = of(1)(1);
    assert!(text.starts_with("an expectation does not hold\n"), "{text}");
}

#[test]
fn unexpected_failures_are_counted() {
    let text = |count| {
        let text = failed_expectations(|events| {
            events
                .registry()
                .on(|_: &Ping| Err::<(), _>("on purpose"))
                .detach();
            ping(count);
        });
        text.expect("the test fails")
    };
    check(
        text,
        [
            (1, "a subscriber failed, and the test does not expect it"),
            (2, "2 failures of subscribers are not expected"),
        ],
    );
}

#[test]
fn emitted_events_are_counted() {
    let any = |count| {
        failure(|| {
            let events = EventMock::install();
            ping(count);
            events.assert_nothing_emitted();
        })
    };
    check(
        any,
        [
            (1, "1 event was emitted, but none should have been"),
            (2, "2 events were emitted, but none should have been"),
        ],
    );
    let one_type = |count| {
        failure(|| {
            let events = EventMock::install();
            ping(count);
            events.assert_not_emitted::<Ping>();
        })
    };
    check(
        one_type,
        [
            (1, "`counted::Ping` was emitted once"),
            (2, "`counted::Ping` was emitted twice"),
        ],
    );
}

#[test]
fn events_that_wait_or_were_muted_are_counted() {
    let queued = |count| {
        failure(|| {
            let events = EventMock::install();
            (0..count).for_each(|_| events.registry().enqueue(Pong).expect("there is room"));
            events.assert_emitted::<Ping>();
        })
    };
    check(
        queued,
        [
            (
                1,
                "- 1 event waits in the queue; call `events.settle()`, so that its subscribers run",
            ),
            (
                2,
                "- 2 events wait in the queue; call `events.settle()`, so that their subscribers run",
            ),
        ],
    );
    let scheduled = |count| {
        failure(|| {
            let events = EventMock::install();
            let registry = events.registry();
            let later = || registry.enqueue_after(Pong, Duration::from_secs(60));
            (0..count).for_each(|_| drop(later().expect("there is room")));
            events.assert_emitted::<Ping>();
        })
    };
    check(
        scheduled,
        [
            (
                1,
                "- 1 event waits for its time; call `events.advance(..)`, which lets time pass",
            ),
            (
                2,
                "- 2 events wait for their time; call `events.advance(..)`, which lets time pass",
            ),
        ],
    );
    let while_muted = |count| {
        failure(|| {
            let events = EventMock::install();
            muted::<Ping>(|| ping(count));
            events.assert_emitted::<Ping>();
        })
    };
    check(
        while_muted,
        [
            (1, "- it was emitted once while it was muted"),
            (2, "- it was emitted twice while it was muted"),
        ],
    );
}

#[test]
fn what_a_matching_decided_is_counted() {
    let of = |matching: fn(&Ping) -> bool| {
        move |count: usize| {
            let text = failed_expectations(|events| {
                _ = events.expect::<Ping>().matching(matching);
                ping(count);
            });
            text.expect("the test fails")
        }
    };
    let rejected = [
        (1, "- `matching` did not hold once: #1"),
        (2, "- `matching` did not hold twice: #1 and #2"),
    ];
    check(of(|_| false), rejected);
    // 40 panics have a line.
    let panicked = |more: usize| of(|_| panic!("on purpose"))(40 + more);
    let rows = [(1, "- and 1 more panic"), (2, "- and 2 more panics")];
    check(panicked, rows);
    assert!(!panicked(0).contains("more panic"), "{}", panicked(0));
}

#[test]
fn expected_failures_are_counted() {
    let text = |count| {
        let text = failed_expectations(|events| {
            let fails = |_: &Ping| Err::<(), _>("on purpose");
            events.registry().on(fails).detach();
            _ = events.expect_failure().times(3);
            ping(count);
        });
        text.expect("the test fails")
    };
    let rows = [(1, "- it failed once"), (2, "- it failed twice")];
    check(text, rows);
    assert!(text(0).contains("- it did not fail"), "{}", text(0));
}

#[derive(Event)]
#[event(topic = "counted::Numbered")]
struct Numbered(usize);

#[test]
fn what_a_list_leaves_out_is_counted() {
    // 40 different events have a line.
    let emitted = |more: usize| {
        failure(|| {
            let events = EventMock::install();
            (0..40 + more).for_each(|number| _ = Numbered(number).emit());
            events.assert_emitted::<Ping>();
        })
    };
    check(emitted, [(1, "and 1 more"), (2, "and 2 more")]);
    assert!(!emitted(0).contains("more"), "{}", emitted(0));
    let topics = |more: usize| {
        failure(|| {
            let events = EventMock::install();
            (0..40 + more).for_each(|number| {
                events_core::emit_topic(format!("counted::{number}"), events_core::args! {});
            });
            events.assert_nothing_emitted();
        })
    };
    check(topics, [(1, "and 1 more"), (2, "and 2 more")]);
    let failures = |more: usize| {
        let text = failed_expectations(|events| {
            let fails = |event: &Numbered| Err::<(), _>(event.0.to_string());
            events.registry().on(fails).detach();
            (0..10 + more).for_each(|number| _ = Numbered(number).emit());
        });
        text.expect("the test fails")
    };
    check(failures, [(1, "and 1 more"), (2, "and 2 more")]);
}
