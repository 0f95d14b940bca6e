//! What is logged about an emit on a task of its own.

use std::{
    future::pending,
    pin::pin,
    task::{Context, Waker},
};

use events_core::{EventCopy, Registry, args};
use tokio::runtime::Builder;
use tracing::{Level, error_span};

use super::Order;
use crate::logged;

fn order() -> Order {
    Order {
        card: "4711-0815",
        journal: super::Journal::default(),
        drops: std::sync::Arc::default(),
    }
}

fn registry() -> Registry {
    let registry = Registry::new();
    let new = registry.subscribe_async(async |_: &Order| Err::<(), _>("no mail server"));
    new.id("mail").register().expect("the id is free").detach();
    registry
}

/// Logs what is emitted in a span on a runtime, which is dropped when the given number of yields has passed.
fn log_of(yields: usize, spawn: impl FnOnce()) -> Vec<String> {
    logged(Level::WARN, || {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            error_span!("request", id = 7).in_scope(spawn);
            for _ in 0..yields {
                tokio::task::yield_now().await;
            }
        });
    })
}

#[track_caller]
fn single<'l>(log: &'l [String], start: &str) -> &'l str {
    let records = log.iter().filter(|line| !line.ends_with("new")); // that of the span
    let [record] = records.collect::<Vec<_>>()[..] else {
        panic!("one record: {log:#?}")
    };
    assert!(record.starts_with(start), "{record}");
    assert!(!record.contains("4711"), "{record}");
    record
}

#[test]
fn failures_are_logged_whether_the_result_is_awaited_or_not() {
    let log = log_of(3, || drop(registry().emit_async(order()).spawn_tokio()));
    single(
        &log,
        "ERROR request{id=7}: events_core: a subscriber failed",
    );
    let log = log_of(3, || drop(registry().try_emit_async(order()).spawn_tokio()));
    single(
        &log,
        "ERROR request{id=7}: events_core: a subscriber failed",
    );
}

#[test]
fn the_failures_of_a_result_that_is_there_and_not_received_are_logged() {
    let log = logged(Level::WARN, || {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let spawned = registry().try_emit_async(order()).spawn_tokio();
            for _ in 0..3 {
                tokio::task::yield_now().await;
            }
            drop(spawned);
        });
    });
    single(&log, "ERROR events_core: a subscriber failed");
}

#[test]
fn failures_of_a_result_that_is_received_are_not_logged() {
    let log = logged(Level::WARN, || {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let spawn = async { registry().try_emit_async(order()).spawn_tokio().await };
        let result = runtime.block_on(spawn).expect("the runtime is there");
        assert_eq!(result.expect_err("it fails").failures().len(), 1);
    });
    assert!(log.is_empty(), "{log:#?}");
}

#[test]
fn a_shutdown_of_the_runtime_is_logged_in_the_span_of_the_caller() {
    let waits = Registry::new();
    let new = waits.subscribe_async(async |_: &Order| pending::<()>().await);
    new.id("mail").register().expect("the id is free").detach();
    let spawn = || drop(waits.emit_async(order()).spawn_tokio());
    let log = log_of(3, spawn);
    let start = "WARN request{id=7}: events_core: an async emit was dropped before its end;";
    assert!(single(&log, start).contains("cut_off=\"mail ("));

    let log = log_of(0, || drop(waits.emit_async(order()).spawn_tokio()));
    let start = "WARN request{id=7}: events_core: a spawned emit was dropped by the shutdown of its runtime before \
                 it began, so that none of its subscribers is reached; await it before that \
                 topic=\"logging::cancelled::Order\"";
    single(&log, start);
}

/// The topic of an named event.
const TOPIC: &str = "logging::cancelled::upload";

/// A registry whose subscriber by a topic never ends, and one whose subscriber fails.
fn by_topic() -> [Registry; 2] {
    let (waits, fails) = (Registry::new(), Registry::new());
    let new = waits.subscribe_topic_async(TOPIC, async |_: &EventCopy| pending::<()>().await);
    let new = new.expect("it is a pattern").id("mail");
    new.register().expect("the id is free").detach();
    let new = waits.on_topic_deferred(TOPIC, |_: &EventCopy| {});
    new.expect("it is a pattern").detach();
    let new = fails.on_topic_async(TOPIC, async |_: &EventCopy| Err::<(), _>("no mail server"));
    new.expect("it is a pattern").detach();
    [waits, fails]
}

#[test]
fn an_emit_by_topic_that_is_cut_off_is_logged_with_its_topic() {
    let [registry, _] = by_topic();
    let card = || args! { card: "4711-0815" };
    let calls: [(usize, &dyn Fn()); 4] = [
        (0, &|| {
            poll_and_drop(registry.emit_topic_async(TOPIC, card()));
        }),
        (0, &|| {
            poll_and_drop(registry.try_emit_topic_async(TOPIC, card()));
        }),
        (3, &|| {
            drop(registry.emit_topic_async(TOPIC, card()).spawn_tokio());
        }),
        (3, &|| {
            drop(registry.try_emit_topic_async(TOPIC, card()).spawn_tokio());
        }),
    ];
    for (yields, call) in calls {
        let log = log_of(yields, call);
        let start = "WARN request{id=7}: events_core: an async emit was dropped before its end;";
        let record = single(&log, start);
        let topic = " topic=\"logging::cancelled::upload\" cut_off=\"mail (";
        assert!(record.contains(topic), "{record}");
        assert!(!record.contains("not_reached"), "{record}"); // the deferred one is in the queue
    }
    assert_eq!(registry.queue().flush().ran(), 4);
}

#[test]
fn a_spawned_emit_by_topic_that_has_not_begun_is_logged_with_its_topic() {
    let [registry, _] = by_topic();
    let spawn = || {
        let emit = registry.emit_topic_async(TOPIC, args! { card: "4711-0815" });
        drop(emit.spawn_tokio());
    };
    let log = log_of(0, spawn);
    let record = single(
        &log,
        "WARN request{id=7}: events_core: a spawned emit was dropped",
    );
    assert!(
        record.contains(" topic=\"logging::cancelled::upload\""),
        "{record}"
    );
}

#[test]
fn the_failures_of_a_spawned_emit_by_topic_are_logged_unless_the_result_is_received() {
    let [_, registry] = by_topic();
    let start = "ERROR request{id=7}: events_core: a subscriber failed";
    let log = log_of(3, || {
        drop(registry.emit_topic_async(TOPIC, args! {}).spawn_tokio());
    });
    single(&log, start);
    let log = log_of(3, || {
        drop(registry.try_emit_topic_async(TOPIC, args! {}).spawn_tokio());
    });
    single(&log, start);
    let log = logged(Level::WARN, || {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let emit = registry.try_emit_topic_async(TOPIC, args! {});
        let result = runtime.block_on(async { emit.spawn_tokio().await });
        let result = result.expect("the runtime is there");
        assert_eq!(result.expect_err("it fails").failures().len(), 1);
    });
    assert!(log.is_empty(), "{log:#?}");
}

fn poll_and_drop(future: impl Future) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    assert!(future.as_mut().poll(&mut context).is_pending());
}
