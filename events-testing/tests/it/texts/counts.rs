//! Each text of a failing test with a count in it, with 1 and 2 in turn.

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
