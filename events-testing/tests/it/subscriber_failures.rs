//! A subscriber that fails or panics under a mock fails the test.

use std::{thread, time::Duration};

use events_core::{AnyEvent, Event, Registry, args, emit_topic};
use events_testing::{EventMock, Events};

use super::{check, failed_expectations};

#[derive(Event, Clone)]
#[event(topic = "failing.saved")]
struct Saved;

#[derive(Event, Clone)]
#[event(topic = "failing.queued")]
struct Queued;

#[derive(Event)]
#[event(topic = "failing.numbered")]
struct Numbered(u32);

fn fail<E>(_: &E) -> Result<(), &'static str> {
    Err("the disk is full")
}

fn panic<E>(_: &E) {
    panic!("the disk is on fire");
}

fn panic_by_topic(_: &dyn AnyEvent) {
    panic!("the disk is on fire");
}

async fn fail_later(_: &Queued) -> Result<(), &'static str> {
    Err("the disk is full")
}

/// Subscribes a handler that fails, in each way in which a handler may run.
fn subscribe(events: &Events) {
    let registry = events.registry();
    registry.on(fail::<Saved>).detach();
    registry.on_async(|_: &Queued| fail_later(&Queued)).detach();
    registry
        .on_topic("failing\\.topic", panic_by_topic)
        .expect("the pattern is valid")
        .detach();
}

type Emits = fn(&Events);

#[test]
fn a_failure_that_is_only_logged_fails_the_test() {
    let ways: [(&str, Emits); 9] = [
        ("emit", |_| _ = Saved.emit()),
        ("emit_mut", |_| events_core::emit_mut(&mut Saved)),
        ("emit on the registry", |events| {
            let outside = Registry::new().enter();
            events.registry().emit(Saved);
            drop(outside);
        }),
        ("emit_topic", |_| {
            emit_topic("failing.topic", args! {});
        }),
        ("emit_async, a sync handler", |_| {
            smol::block_on(Saved.emit_async());
        }),
        ("emit_async, an async handler", |_| {
            smol::block_on(Queued.emit_async());
        }),
        ("emit and settle", |events| {
            Queued.emit();
            events.settle();
        }),
        ("enqueue and settle", |events| {
            Saved.enqueue().expect("the queue has room");
            events.settle();
        }),
        ("a worker", |events| {
            let worker = events.registry().queue().spawn_thread();
            Queued.enqueue().expect("the queue has room");
            events.settle();
            worker.stop();
        }),
    ];
    for (way, emits) in ways {
        let text = failed_expectations(|events| {
            subscribe(events);
            emits(events);
        });
        let text = text.unwrap_or_else(|| panic!("{way}: the test passes"));
        assert!(
            text.starts_with("a subscriber failed, and the test does not expect it\n"),
            "{way}: {text}"
        );
        assert!(text.contains("the disk is "), "{way}: {text}");
        assert!(text.contains("expect_failure"), "{way}: {text}");
    }
}

#[test]
fn a_panic_fails_the_test() {
    check(Some("the disk is on fire"), |events| {
        events.registry().on(panic::<Saved>).detach();
        Saved.emit();
    });
}

#[test]
fn a_sync_test_of_a_subscriber_that_needs_tokio_is_advised_to_be_async() {
    let remedy = "make the test an `async fn`, and await `settle_async` or `advance_async`";
    check(Some(remedy), |events| {
        events.registry().on_async(needs_tokio).detach();
        Queued.emit();
        events.settle();
    });
}

#[events_testing::test(empty)]
async fn a_subscriber_that_needs_tokio_runs_in_an_async_test() {
    let events = events_testing::current();
    events.registry().on_async(needs_tokio).detach();
    Queued.emit();
    events.settle_async().await;
}

async fn needs_tokio(_: &Queued) {
    tokio::time::sleep(Duration::ZERO).await;
}

#[test]
fn each_failure_is_listed_with_its_subscriber_its_line_and_its_event() {
    let text = failed_expectations(|events| {
        events.registry().on(fail::<Saved>).detach();
        let panics = events.registry().subscribe(panic::<Queued>).id("till");
        panics.register().expect("the id is free").detach();
        events.expect::<Saved>().never().matching(|_| false);
        Saved.emit();
        Queued.emit();
    });
    let text = text.expect("the test fails");
    for part in [
        "2 failures of subscribers are not expected\n",
        "fail<",
        "returned an error: the disk is full",
        "with `failing.saved`",
        "till (events-testing/tests/it/subscriber_failures.rs:",
        "with `failing.queued`",
        "emitted, in order:\n",
    ] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
}

/// The code that emits has these failures as a result, and may handle them.
#[test]
fn a_failure_that_is_returned_to_the_code_does_not_fail_the_test() {
    check(None, |events| {
        subscribe(events);
        assert!(Saved.try_emit().is_err());
        assert!(smol::block_on(Queued.try_emit_async()).is_err());
        assert!(
            events
                .registry()
                .try_emit_topic("failing.topic", args! {})
                .is_err()
        );
    });
}

#[test]
fn a_failure_outside_of_the_mock_does_not_fail_the_test() {
    check(None, |events| {
        let other = Registry::new();
        other.on(fail::<Saved>).detach();
        other.emit(Saved);
        subscribe(events);
        let emits = move || _ = other.emit(Saved);
        thread::spawn(emits)
            .join()
            .expect("the thread does not panic");
    });
    let events = EventMock::empty();
    subscribe(&events);
    let late = events.bring(|| _ = Saved.emit());
    events.verify();
    late();
}

/// Expects failures, emits, and checks the text of the test; without a part of it, the test passes.
#[track_caller]
fn check_expected(fails_with: Option<&str>, expects: fn(&Events), emits: Emits) {
    check(fails_with, |events| {
        let backup = events
            .registry()
            .subscribe(fail::<Saved>)
            .id("shop::backup");
        backup.register().expect("the id is free").detach();
        events.registry().on(panic::<Queued>).detach();
        expects(events);
        emits(events);
    });
}

#[test]
fn a_failure_that_the_test_expects() {
    let saved: Emits = |_| _ = Saved.emit();
    let both: Emits = |_| {
        Saved.emit();
        Queued.emit();
    };
    let all: fn(&Events) = |events| drop(events.expect_failure());
    let backup: fn(&Events) = |events| drop(events.expect_failure().of("backup"));
    let fire: fn(&Events) = |events| drop(events.expect_failure().containing("on fire"));
    for (expects, emits, fails_with) in [
        (all, saved, None),
        (all, both, None),
        (backup, saved, None),
        (
            backup,
            both,
            Some("panicked at events-testing/tests/it/subscriber_failures.rs:"),
        ),
        (
            fire,
            both,
            Some("shop::backup (events-testing/tests/it/subscriber_failures.rs:"),
        ),
        (
            fire,
            saved,
            Some(
                "expected a failure of a subscriber at least once, whose text contains `on fire`\n",
            ),
        ),
    ] {
        check_expected(fails_with, expects, emits);
    }
}

#[test]
fn the_counts_of_expected_failures() {
    for (times, emits, fails_with) in [
        (
            None,
            0,
            Some("expected a failure of `backup` at least once, whose text contains `full`\n"),
        ),
        (None, 1, None),
        (None, 2, None),
        (Some(1), 0, Some("- it did not fail\n")),
        (Some(1), 1, None),
        (
            Some(1),
            2,
            Some("expected a failure of `backup` exactly once, whose text contains `full`\n"),
        ),
        (Some(2), 1, Some("- it failed once\n")),
        (Some(2), 2, None),
        (Some(2), 3, Some("- it failed 3 times\n")),
    ] {
        check(fails_with, |events| {
            let backup = events
                .registry()
                .subscribe(fail::<Saved>)
                .id("shop::backup");
            backup.register().expect("the id is free").detach();
            let expected = events.expect_failure().of("backup").containing("full");
            if let Some(times) = times {
                expected.times(times);
            }
            for _ in 0..emits {
                Saved.emit();
            }
        });
    }
}

#[test]
fn an_option_of_an_expected_failure_is_set_once_and_is_not_0() {
    type Configure = fn(events_testing::ExpectedFailure);
    let cases: [(Configure, &str); 4] = [
        (
            |expected| drop(expected.of("a").of("b")),
            "already has a subscriber",
        ),
        (
            |expected| drop(expected.containing("a").containing("b")),
            "already has a text",
        ),
        (
            |expected| drop(expected.times(1).times(2)),
            "already has a count",
        ),
        (|expected| drop(expected.times(0)), "at least once"),
    ];
    for (configure, part) in cases {
        let events = EventMock::empty();
        let text = super::failure(|| configure(events.expect_failure()));
        assert!(text.contains(part), "{text}");
        super::failure(|| events.verify()); // the first option remains in force, and nothing failed
    }
}

#[test]
fn clear_does_not_forget_a_failure() {
    check(Some("the disk is full"), |events| {
        subscribe(events);
        Saved.emit();
        events.clear();
    });
}

#[test]
fn equal_failures_are_one_entry_and_many_are_cut() {
    let text = failed_expectations(|events| {
        let numbered = |event: &Numbered| Err::<(), _>(format!("number {}", event.0));
        events.registry().on(numbered).detach();
        for _ in 0..1000 {
            Numbered(0).emit();
        }
        for number in 1..12 {
            Numbered(number).emit();
        }
    });
    let text = text.expect("the test fails");
    for part in [
        "1011 failures of subscribers are not expected\n",
        "returned an error: number 0\n  with `failing.numbered`, 1000 times\n",
        "returned an error: number 9\n",
        "\n  and 2 more\n",
    ] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    assert!(!text.contains("number 10\n"), "{text}");
}

/// An error whose text panics.
#[derive(Debug)]
struct PanicsAsText;

impl std::fmt::Display for PanicsAsText {
    fn fmt(&self, _: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        panic!("in the text of an error")
    }
}

impl std::error::Error for PanicsAsText {}

#[test]
fn an_error_whose_text_panics_or_emits() {
    check(Some("shows.panicking"), |events| {
        let fails = |_: &Saved| Err::<(), _>(PanicsAsText);
        let fails = events.registry().subscribe(fails).id("shows.panicking");
        fails.register().expect("the id is free").detach();
        Saved.emit();
    });
}
