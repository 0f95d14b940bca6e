//! The table of the guide, "What is lost": for each call what is lost when its future is dropped, and when the queue is full.
//! What is lost when the process ends is in the test binary `exit`.

use std::{pin::pin, time::Duration};

use events_core::{
    AnyEvent, Event, Registry, args,
    failures::{Cause, Undelivered},
};
use tokio::{runtime::Builder, task::yield_now};

use crate::{Journal, awaited::suspend, block_on, poll_once};

#[derive(Event, Clone)]
struct Order {
    journal: Journal,
}

#[derive(Event)]
struct Other;

/// A registry with a sync subscriber, an async one that is suspended once, and a sync deferred one.
fn subscribed() -> Registry {
    let registry = Registry::new();
    registry
        .on(|order: &Order| order.journal.note("s"))
        .detach();
    registry
        .on_async(async |order: &Order| {
            order.journal.note("a(");
            suspend().await;
            order.journal.note("a)");
        })
        .detach();
    registry
        .on_deferred(|order: &Order| order.journal.note("d"))
        .detach();
    registry
}

/// A call whose future is dropped after one poll. It returns the events that a shutdown then returns.
type Call = fn(&Registry, Order) -> usize;

/// Of an order in the queue, the sync subscriber has run, and the async one is pending. Another event is queued behind it.
fn drop_while_it_runs<F: Future>(registry: &Registry, order: &Order, future: F) -> usize {
    registry.enqueue(order.clone()).expect("there is room");
    registry.enqueue(Other).expect("there is room");
    {
        let mut future = pin!(future);
        assert!(poll_once(future.as_mut()).is_pending());
    }
    let unfinished = registry.queue().shutdown(Duration::ZERO);
    unfinished.events.len()
}

/// The name of the call, what has run until the drop, what runs from the queue after that, and how many events a shutdown
/// returns in place of that.
const DROPPED: &[(&str, Call, &str, &str, usize)] = &[
    (
        "emit_async, not polled",
        |registry, order| {
            drop(registry.emit_async(order));
            0
        },
        "",
        "",
        0,
    ),
    (
        "emit_async",
        |registry, order| {
            _ = poll_once(registry.emit_async(order));
            0
        },
        "s a(",
        "d",
        0,
    ),
    (
        "try_emit_async",
        |registry, order| {
            _ = poll_once(registry.try_emit_async(order));
            0
        },
        "s a(",
        "d",
        0,
    ),
    (
        "emit_async, spawned",
        |registry, order| {
            on_runtime(|| drop(registry.emit_async(order).spawn_tokio()));
            0
        },
        "s a( a)",
        "d",
        0,
    ),
    (
        "try_emit_async, spawned",
        |registry, order| {
            on_runtime(|| drop(registry.try_emit_async(order).spawn_tokio()));
            0
        },
        "s a( a)",
        "d",
        0,
    ),
    (
        "flush_async",
        |registry, order| drop_while_it_runs(registry, &order, registry.queue().flush_async()),
        "s a( d",
        "",
        2,
    ),
    (
        "work",
        |registry, order| drop_while_it_runs(registry, &order, registry.queue().work(1)),
        "s a( d",
        "",
        2,
    ),
    (
        "shutdown_async",
        |registry, order| {
            drop_while_it_runs(
                registry,
                &order,
                registry
                    .queue()
                    .shutdown_async(std::future::pending::<()>()),
            )
        },
        "s a( d",
        "",
        2,
    ),
    (
        "settle_async",
        |registry, order| drop_while_it_runs(registry, &order, registry.queue().settle_async()),
        "s a( d",
        "",
        2,
    ),
];

/// Runs tasks until none is ready.
fn on_runtime(spawn: impl FnOnce()) {
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(async {
        spawn();
        for _ in 0..5 {
            yield_now().await;
        }
    });
}

#[test]
fn what_is_lost_when_a_future_is_dropped() {
    for (name, call, ran, queued, returned) in DROPPED {
        let (registry, journal) = (subscribed(), Journal::default());
        let events = call(
            &registry,
            Order {
                journal: journal.clone(),
            },
        );
        assert_eq!(events, *returned, "{name}");
        assert_eq!(journal.take().join(" "), *ran, "{name}");
        registry.queue().flush();
        assert_eq!(journal.take().join(" "), *queued, "{name}");
    }
}

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
            registry.emit_topic("it::lost::named", args! { journal: order.journal });
            None
        },
        "p",
        None,
    ),
    (
        "try_emit_topic",
        |registry, order| {
            undelivered(
                registry.try_emit_topic("it::lost::named", args! { journal: order.journal }),
            )
        },
        "p",
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
];

#[test]
fn what_is_lost_when_the_queue_is_full() {
    for (name, call, ran, failures) in FULL {
        let (registry, journal) = (subscribed(), Journal::default());
        let pattern = |event: &dyn AnyEvent| {
            if let Some(journal) = event.arg::<Journal>("journal") {
                journal.note("p");
            }
        };
        registry
            .on_topic("it::lost::named", pattern)
            .expect("a pattern")
            .detach();
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
