//! The table of the guide, "What is lost": for each call what is lost when its future is dropped; `full` has what is lost when
//! the queue is full. What is lost when the process ends is in the test binary `exit`.

use std::{pin::pin, time::Duration};

use events_core::{AnyEvent, Event, EventCopy, Registry, args, emitting::Args};
use tokio::{runtime::Builder, task::yield_now};

use crate::{Journal, awaited::suspend, poll_once};

#[derive(Event, Clone)]
pub(super) struct Order {
    pub(super) journal: Journal,
}

#[derive(Event)]
pub(super) struct Other;

/// The topic of a named event, with an order's journal.
pub(super) const NAMED: &str = "it::lost::named";

pub(super) fn named(order: Order) -> Args {
    args! { journal: order.journal }
}

pub(super) fn journal(args: Option<&Journal>) -> &Journal {
    args.expect("an argument")
}

/// A registry with a sync subscriber, an async one that is suspended once, and a sync deferred one: of orders, and of the
/// named events.
pub(super) fn subscribed() -> Registry {
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
    let by_topic = [
        registry.on_topic(NAMED, |event: &dyn AnyEvent| {
            journal(event.arg("journal")).note("s");
        }),
        registry.on_topic_async(NAMED, async |event: &EventCopy| {
            journal(event.arg("journal")).note("a(");
            suspend().await;
            journal(event.arg("journal")).note("a)");
        }),
        registry.on_topic_deferred(NAMED, |event: &EventCopy| {
            journal(event.arg("journal")).note("d");
        }),
    ];
    for subscription in by_topic {
        subscription.expect("it is a pattern").detach();
    }
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
        "emit_topic_async, not polled",
        |registry, order| {
            drop(registry.emit_topic_async(NAMED, named(order)));
            0
        },
        "",
        "",
        0,
    ),
    (
        "emit_topic_async",
        |registry, order| {
            _ = poll_once(registry.emit_topic_async(NAMED, named(order)));
            0
        },
        "s a(",
        "d",
        0,
    ),
    (
        "try_emit_topic_async",
        |registry, order| {
            _ = poll_once(registry.try_emit_topic_async(NAMED, named(order)));
            0
        },
        "s a(",
        "d",
        0,
    ),
    (
        "emit_topic_async, spawned",
        |registry, order| {
            let emit = registry.emit_topic_async(NAMED, named(order));
            on_runtime(|| drop(emit.spawn_tokio()));
            0
        },
        "s a( a)",
        "d",
        0,
    ),
    (
        "try_emit_topic_async, spawned",
        |registry, order| {
            let emit = registry.try_emit_topic_async(NAMED, named(order));
            on_runtime(|| drop(emit.spawn_tokio()));
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
