//! The permit of `once` is used up by a call of the handler, and by nothing else.

use std::time::Duration;

use events_core::{Registry, State, subscriber, subscribers};

use crate::faults::scenario::{Calls, One, Two};

#[subscriber(once)]
async fn declared(_: &One, calls: State<'_, Calls>) {
    calls.note("once");
}

/// A registry with the handler declared above and, in `Calls`, what it and others note.
fn with_declared() -> (Registry, Calls) {
    let (registry, calls) = (Registry::new(), Calls::default());
    let scanner = registry.scanner().subscribers(subscribers![declared]);
    let report = scanner.state(calls.clone()).run();
    assert_eq!(report.subscribers().len(), 1, "{report}");
    (registry, calls)
}

/// A registry with a handler that is subscribed at run time, with a limit of concurrent calls or without.
fn with_subscribed(limit: Option<usize>) -> (Registry, Calls) {
    let (registry, calls) = (Registry::new(), Calls::default());
    let note = calls.clone();
    let new = registry.subscribe_async(move |_: &One| {
        let note = note.clone();
        async move { note.note("once") }
    });
    let new = match limit {
        None => new.once(),
        Some(limit) => new.once().concurrency(limit),
    };
    new.register().expect("it is the first").detach();
    (registry, calls)
}

/// An event that does not reach the handler is followed by two that do.
fn check(way: &str, new: fn() -> (Registry, Calls)) {
    let (registry, calls) = new();
    registry.queue().set_capacity(1);
    registry.enqueue(Two).expect("there is room for one");
    assert!(registry.try_emit(One).is_err(), "{way}: the queue is full");
    registry.queue().flush();
    assert_eq!(calls.list(), [""; 0], "{way}");
    for _ in 0..2 {
        registry.emit(One);
        registry.queue().flush();
    }
    assert_eq!(calls.list(), ["once"], "{way}: a full queue");

    let (registry, calls) = new();
    registry.emit(One);
    let unfinished = registry.queue().shutdown(Duration::ZERO);
    assert_eq!(unfinished.events.len(), 1, "{way}");
    for _ in 0..2 {
        smol::future::block_on(registry.emit_async(One));
    }
    assert_eq!(
        calls.list(),
        ["once"],
        "{way}: an event that a shutdown returns"
    );

    let (registry, calls) = new();
    registry.emit(One);
    registry.emit(One);
    registry.queue().flush();
    assert_eq!(calls.list(), ["once"], "{way}: two events in the queue");
}

#[test]
fn once_is_used_up_by_a_call_only() {
    check("subscribed", || with_subscribed(None));
    check("subscribed with a limit", || with_subscribed(Some(1)));
    check("declared", with_declared);
}
