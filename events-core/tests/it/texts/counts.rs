//! Each text with a count in it, with 0, 1 and 2 in turn.

use std::{
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use events_core::{
    AnyEvent, Event, Registry, bridge, failures::Cause, queues::Flushed, scanning::Subscribers,
    streams::EventStream, subscriber, subscribers,
};
use futures_core::Stream;

use crate::block_on;

#[derive(Event, Clone)]
#[event(topic = "counted::Ping")]
struct Ping;

#[derive(Event, Clone)]
#[event(topic = "counted::Pong")]
struct Pong;

fn fails(_: &Ping) -> Result<(), &'static str> {
    Err("on purpose")
}

/// A text that is made for a count, and the expected one.
type Row<'r> = (usize, &'r str);

fn check(text: impl Fn(usize) -> String, rows: &[Row<'_>]) {
    for &(count, expected) in rows {
        assert_eq!(text(count), expected, "with {count}");
    }
}

fn enqueue(registry: &Registry, count: usize) {
    (0..count).for_each(|_| registry.enqueue(Ping).expect("there is room"));
}

#[test]
fn a_flush_counts_events_failures_and_what_is_left() {
    let events = |count| {
        let registry = Registry::new();
        enqueue(&registry, count);
        registry.queue().flush().to_string()
    };
    check(
        events,
        &[
            (0, "0 events ran, 0 subscribers failed, none left"),
            (1, "1 event ran, 0 subscribers failed, none left"),
            (2, "2 events ran, 0 subscribers failed, none left"),
        ],
    );
    let failures = |count| {
        let registry = Registry::new();
        (0..count).for_each(|_| registry.on(fails).detach());
        enqueue(&registry, 1);
        registry.queue().flush().to_string()
    };
    check(
        failures,
        &[
            (1, "1 event ran, 1 subscriber failed, none left"),
            (2, "1 event ran, 2 subscribers failed, none left"),
        ],
    );
    // A flush inside of a subscriber that the queue runs starts no event.
    let left = |count| {
        let (registry, flushed) = (
            Registry::new(),
            std::sync::Arc::new(std::sync::Mutex::new(None)),
        );
        let (inner, inside) = (std::sync::Arc::clone(&flushed), registry.clone());
        let flush = move |_: &Pong| *inner.lock().expect("no panic") = Some(inside.queue().flush());
        registry.on(flush).detach();
        registry.enqueue(Pong).expect("there is room");
        enqueue(&registry, count);
        registry.queue().flush();
        let flushed: Option<Flushed> = *flushed.lock().expect("no panic");
        flushed.expect("the subscriber ran").to_string()
    };
    check(
        left,
        &[
            (0, "0 events ran, 0 subscribers failed, none left"),
            (1, "0 events ran, 0 subscribers failed, 1 left"),
            (2, "0 events ran, 0 subscribers failed, 2 left"),
        ],
    );
}

#[test]
fn a_shutdown_counts_the_events_that_are_left() {
    let text = |count| {
        let registry = Registry::new();
        enqueue(&registry, count);
        registry.queue().shutdown(Duration::ZERO).to_string()
    };
    check(
        text,
        &[
            (0, "the queue was shut down, and nothing is left"),
            (
                1,
                "the queue was shut down with 1 event left: counted::Ping (x1)",
            ),
            (
                2,
                "the queue was shut down with 2 events left: counted::Ping (x2)",
            ),
        ],
    );
}

#[test]
fn a_full_queue_names_its_capacity() {
    let text = |count| {
        let registry = Registry::new();
        registry.queue().set_capacity(count);
        enqueue(&registry, count);
        let full = registry.enqueue(Ping).expect_err("it is full");
        let text = full.to_string();
        text.split_once(';').expect("a remedy").0.to_owned()
    };
    check(
        text,
        &[
            (
                1,
                "`counted::Ping` was not enqueued: the queue is full, with 1 event",
            ),
            (
                2,
                "`counted::Ping` was not enqueued: the queue is full, with 2 events",
            ),
        ],
    );
}

/// The first line of the error of an emit, without its colon.
fn emit_error(registry: &Registry) -> String {
    let text = registry
        .try_emit(Ping)
        .expect_err("a handler fails")
        .to_string();
    let first = text.lines().next().expect("a line");
    first.strip_suffix(':').unwrap_or(first).to_owned()
}

#[test]
fn the_error_of_an_emit_counts_the_subscribers_that_failed_or_were_not_reached() {
    let failing = |count| {
        let registry = Registry::new();
        (0..count).for_each(|_| registry.on(fails).detach());
        emit_error(&registry)
    };
    let with_another = |count| {
        let registry = Registry::new();
        (0..count).for_each(|_| registry.on(fails).detach());
        registry.on(|_: &Ping| ()).detach();
        emit_error(&registry)
    };
    check(
        failing,
        &[
            (1, "the only subscriber of `counted::Ping` that ran failed"),
            (
                2,
                "2 of the 2 subscribers of `counted::Ping` that ran failed",
            ),
        ],
    );
    check(
        with_another,
        &[
            (
                1,
                "1 of the 2 subscribers of `counted::Ping` that ran failed",
            ),
            (
                2,
                "2 of the 3 subscribers of `counted::Ping` that ran failed",
            ),
        ],
    );
    let unreached = |count, failing: bool| {
        let registry = Registry::new();
        (0..count).for_each(|_| registry.on_async(|_: &Ping| async {}).detach());
        if failing {
            registry.on(fails).detach();
        }
        drop(registry.queue().shutdown(Duration::ZERO));
        emit_error(&registry)
    };
    check(
        |count| unreached(count, false),
        &[
            (
                1,
                "of the subscribers of `counted::Ping`, 1 was not reached",
            ),
            (
                2,
                "of the subscribers of `counted::Ping`, 2 were not reached",
            ),
        ],
    );
    check(
        |count| unreached(count, true),
        &[
            (
                1,
                "the only subscriber of `counted::Ping` that ran failed, and 1 was not reached",
            ),
            (
                2,
                "the only subscriber of `counted::Ping` that ran failed, and 2 were not reached",
            ),
        ],
    );
}

#[test]
fn an_emit_that_is_nested_too_deep_names_the_limit() {
    let text = |count| {
        let registry = Registry::new();
        registry.set_depth_limit(count);
        let inner = registry.clone();
        let refused = move |_: &Ping| {
            inner.try_emit(Ping).map(drop).map_err(|error| {
                let refusal = error.too_deep().map(ToString::to_string);
                refusal
                    .unwrap_or_else(|| error.failures()[0].error().expect("an error").to_string())
            })
        };
        registry.on(refused).detach();
        let error = registry.try_emit(Ping).expect_err("it is too deep");
        let text = error.failures()[0].error().expect("an error").to_string();
        text.split_once(" (").expect("a remedy").0.to_owned()
    };
    check(
        text,
        &[
            (1, "emit refused: 1 emit is in progress, which is the limit"),
            (2, "emit refused: 2 emits are nested, which is the limit"),
        ],
    );
}

#[test]
fn a_call_that_would_wait_for_itself_names_the_limit() {
    let text = |count| {
        let registry = Registry::new();
        let inner = registry.clone();
        let awaits = move |_: &Ping| {
            let inner = inner.clone();
            async move {
                let error = Box::pin(inner.try_emit_async(Ping)).await.map(drop);
                error.map_err(|error| match error.failures()[0].cause() {
                    Cause::WaitsForItself(why) => why.to_string(),
                    other => other.to_string(),
                })
            }
        };
        let new = registry.subscribe_async(awaits).concurrency(count);
        new.register().expect("it has no id").detach();
        let error = block_on(registry.try_emit_async(Ping)).expect_err("it waits for itself");
        let text = error.to_string();
        let start = text
            .rfind("returned an error: ")
            .expect("the innermost one");
        let text = text[start..].trim_start_matches("returned an error: ");
        text.split_once(';').expect("a remedy").0.to_owned()
    };
    check(
        text,
        &[
            (
                1,
                "the call that the limit of 1 allows is in progress and awaits this one",
            ),
            (
                2,
                "the calls that the limit of 2 allows are in progress and await this one",
            ),
        ],
    );
}

#[test]
fn a_stream_that_lags_counts_the_events_that_it_missed() {
    let text = |count| {
        let registry = Registry::new();
        let stream: EventStream<Ping> = registry.stream::<Ping>().capacity(1);
        (0..=count).for_each(|_| _ = registry.emit(Ping));
        let context = &mut Context::from_waker(Waker::noop());
        let Poll::Ready(Some(Err(lagged))) = pin!(stream).poll_next(context) else {
            panic!("it lags")
        };
        lagged
            .to_string()
            .split_once(';')
            .expect("a remedy")
            .0
            .to_owned()
    };
    check(
        text,
        &[
            (
                1,
                "1 event was emitted faster than this stream was read, and is lost to it",
            ),
            (
                2,
                "2 events were emitted faster than this stream was read, and are lost to it",
            ),
        ],
    );
}

#[test]
fn a_bridge_counts_its_items_and_errors() {
    let text = |items: Vec<Result<Ping, &'static str>>| {
        let registry = Registry::new();
        let bridge = bridge(tokio_stream::iter(items)).results().to::<Ping>();
        block_on(bridge.on(&registry).run()).to_string()
    };
    check(
        |count| text(vec![Ok(Ping); count]),
        &[
            (
                0,
                "the source has ended; 0 items came, 0 emitted, 0 left out, 0 errors",
            ),
            (
                1,
                "the source has ended; 1 item came, 1 emitted, 0 left out, 0 errors",
            ),
            (
                2,
                "the source has ended; 2 items came, 2 emitted, 0 left out, 0 errors",
            ),
        ],
    );
    check(
        |count| text(vec![Err("lost"); count]),
        &[
            (
                1,
                "the source has ended; 1 item came, 0 emitted, 0 left out, 1 error",
            ),
            (
                2,
                "the source has ended; 2 items came, 0 emitted, 0 left out, 2 errors",
            ),
        ],
    );
}

#[subscriber]
fn ping(_: &Ping) {}

#[subscriber]
fn pong(_: &Pong) {}

#[subscriber(topic = "counted::.*")]
fn any(_: &dyn AnyEvent) {}

#[subscriber(topic = "counted::P.*")]
fn any_other(_: &dyn AnyEvent) {}

#[subscriber(deferred)]
fn later(_: &Ping) {}

#[subscriber(deferred)]
fn later_too(_: &Ping) {}

#[test]
fn the_summary_of_a_scan_counts_subscribers_events_and_patterns() {
    let rows: [(Subscribers, &str); 6] = [
        (subscribers![], "0 subscribers of 0 events"),
        (subscribers![ping], "1 subscriber of 1 event: 1 from it"),
        (
            subscribers![ping, pong],
            "2 subscribers of 2 events: 2 from it",
        ),
        (subscribers![any], "1 subscriber of 1 pattern: 1 from it"),
        (
            subscribers![any, any_other],
            "2 subscribers of 2 patterns: 2 from it",
        ),
        (
            subscribers![ping, any],
            "2 subscribers of 1 event and 1 pattern: 2 from it",
        ),
    ];
    for (subscribers, expected) in rows {
        let report = Registry::new().scanner().subscribers(subscribers).run();
        assert_eq!(report.summary(), expected);
        assert!(report.to_string().ends_with(expected), "{report}");
    }
    let hint = |subscribers: Subscribers| {
        let report = Registry::new().scanner().subscribers(subscribers).run();
        let summary = report.summary();
        let (_, hint) = summary.split_once("; ").expect("a hint");
        hint.split_once(':').expect("a remedy").0.to_owned()
    };
    assert_eq!(hint(subscribers![later]), "1 runs later");
    assert_eq!(hint(subscribers![later, later_too]), "2 run later");
}
