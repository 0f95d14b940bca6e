//! The table of the guide, "What is lost", when the queue is full.

use events_core::{
    Registry,
    failures::{Cause, Undelivered},
};
use tokio::runtime::Builder;

use super::table::{NAMED, Order, Other, journal, named, subscribed};
use crate::{Journal, block_on, poll_once};

/// How many subscribers fail since the queue is full, if that is reported.
type FullCall = fn(&Registry, Order) -> Option<usize>;

fn undelivered<E>(
    result: Result<events_core::Emitted<E>, events_core::EmitError<E>>,
) -> Option<usize> {
    let error = match result {
        Ok(_) => return Some(0),
        Err(error) => error,
    };
    for failure in error.failures() {
        let cause = failure.cause();
        let is_full = matches!(
            cause,
            Cause::Undelivered(Undelivered::QueueFull { capacity: 1 })
        );
        assert!(is_full, "{failure}");
    }
    Some(error.failures().len())
}

/// The name of the call, what runs at once, and how many subscribers fail.
const FULL: &[(&str, FullCall, &str, Option<usize>)] = &[
    (
        "emit",
        |registry, order| {
            registry.emit(order);
            None
        },
        "s d",
        None,
    ),
    (
        "try_emit",
        |registry, order| undelivered(registry.try_emit(order)),
        "s d",
        Some(1),
    ),
    (
        "emit_async",
        |registry, order| {
            block_on(registry.emit_async(order));
            None
        },
        "s d a( a)",
        None,
    ),
    (
        "try_emit_async",
        |registry, order| undelivered(block_on(registry.try_emit_async(order))),
        "s d a( a)",
        Some(0),
    ),
    (
        "try_emit_async, spawned",
        |registry, order| {
            let runtime = Builder::new_current_thread().build().expect("a runtime");
            let spawn = async { registry.try_emit_async(order).spawn_tokio().await };
            undelivered(runtime.block_on(spawn).expect("the runtime is there"))
        },
        "s d a( a)",
        Some(0),
    ),
    (
        "emit_async, dropped",
        |registry, order| {
            _ = poll_once(registry.emit_async(order));
            None
        },
        "s d a(",
        None,
    ),
    (
        "emit_topic",
        |registry, order| {
            registry.emit_topic(NAMED, named(order));
            None
        },
        "s d",
        None,
    ),
    (
        "try_emit_topic",
        |registry, order| undelivered(registry.try_emit_topic(NAMED, named(order))),
        "s d",
        Some(1),
    ),
    (
        "emit_topic_async",
        |registry, order| {
            block_on(registry.emit_topic_async(NAMED, named(order)));
            None
        },
        "s d a( a)",
        None,
    ),
    (
        "try_emit_topic_async",
        |registry, order| undelivered(block_on(registry.try_emit_topic_async(NAMED, named(order)))),
        "s d a( a)",
        Some(0),
    ),
    (
        "try_emit_topic_async, spawned",
        |registry, order| {
            let emit = registry.try_emit_topic_async(NAMED, named(order));
            let runtime = Builder::new_current_thread().build().expect("a runtime");
            let spawned = runtime.block_on(async { emit.spawn_tokio().await });
            undelivered(spawned.expect("the runtime is there"))
        },
        "s d a( a)",
        Some(0),
    ),
    (
        "enqueue",
        |registry, order| {
            let error = registry.enqueue(order).expect_err("it is full");
            assert_eq!(error.why(), Undelivered::QueueFull { capacity: 1 });
            error.into_event().journal.note("returned");
            None
        },
        "returned",
        None,
    ),
    (
        "enqueue_topic",
        |registry, order| {
            let queued = registry.enqueue_topic(NAMED, named(order));
            let error = queued.expect_err("it is full");
            assert_eq!(error.why(), Undelivered::QueueFull { capacity: 1 });
            journal(error.into_event().arg("journal")).note("returned");
            None
        },
        "returned",
        None,
    ),
];

#[test]
fn what_is_lost_when_the_queue_is_full() {
    for (name, call, ran, failures) in FULL {
        let (registry, journal) = (subscribed(), Journal::default());
        registry.queue().set_capacity(1);
        registry.enqueue(Other).expect("there is room for one");
        let failed = call(
            &registry,
            Order {
                journal: journal.clone(),
            },
        );
        assert_eq!(failed, *failures, "{name}");
        assert_eq!(journal.take().join(" "), *ran, "{name}");
        assert_eq!(registry.queue().flush().ran(), 1, "{name}");
        assert!(journal.take().is_empty(), "{name}: nothing runs later");
    }
}
