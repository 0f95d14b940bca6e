//! Tests of known faults: each fails today. `other_faults` has those that the model found.
//!
//! Neither file is part of the test binary yet. In the commit before the one that mends a fault its test
//! moves to `tests/it`, or to the part of this binary that it belongs to, and is red there. With
//! `mod known_faults; mod other_faults;` in `main.rs` all of them run.

use std::{
    future::pending,
    sync::{Arc, Mutex, OnceLock},
};

use events_core::{AnyEvent, Registry, Subscription};

use crate::{
    scenario::{Calls, One, Two, gated, poll, run},
    strict::{Options, check, executor::Executor, gates::Gates},
};

// Line 2: a cancelled `emit_async` loses deferred handlers that wait for no other.

#[test]
fn a_cancelled_emit_async_has_deferred_what_waits_for_no_async_handler() {
    let (registry, gates, calls) = (Registry::new(), Gates::default(), Calls::default());
    let (waits, alone, behind) = (gates.clone(), calls.clone(), calls.clone());
    let new = registry
        .subscribe_async(move |_: &One| waits.wait())
        .id("waits");
    new.register().expect("it is the first").detach();
    registry
        .on_deferred(move |_: &One| alone.note("alone"))
        .detach();
    let new = registry.subscribe_deferred(move |_: &One| behind.note("behind"));
    new.after("waits")
        .register()
        .expect("its target is there")
        .detach();
    let mut executor = Executor::default();
    let emit = registry.emit_async(One);
    let task = executor.spawn("emit_async", async move { _ = emit.await });
    poll(&mut executor, task);
    executor.cancel(task);
    registry.queue().flush();
    assert_eq!(calls.list(), ["alone"]);
}

// Line 6: a shutdown does not wait for a flush in the middle of an event.

#[test]
fn a_shutdown_waits_for_a_flush_or_hands_its_event_back() {
    let (registry, gates, calls) = (Registry::new(), Gates::default(), Calls::default());
    gated(&registry, "two", &gates, &calls);
    registry.enqueue(Two).expect("there is room");
    let mut executor = Executor::default();
    let flush = registry.queue().flush_async();
    let flush = executor.spawn("flush_async", async move { _ = flush.await });
    poll(&mut executor, flush);
    let left = Arc::new(OnceLock::new());
    let (queue, found) = (registry.queue(), Arc::clone(&left));
    executor.spawn("shutdown_async", async move {
        let unfinished = queue.shutdown_async(pending::<()>()).await;
        found
            .set(unfinished.events.len())
            .expect("it is the only one");
    });
    run(&mut executor, &gates);
    let has_ended = !calls.list().is_empty();
    assert!(
        left.get().is_none_or(|left| has_ended || *left == 1),
        "the shutdown is over, handed back {left:?} events, and the handler has not ended",
    );
}

// Line 10: a limit of 1 waits for itself.

#[test]
fn a_limited_handler_that_awaits_an_emit_of_its_own_event_ends() {
    let registry = Registry::new();
    let calls = Calls::default();
    let (inner, note) = (registry.clone(), calls.clone());
    let new = registry.subscribe_async(move |_: &One| {
        let (inner, note) = (inner.clone(), note.clone());
        async move {
            if note.list().is_empty() {
                note.note("begun");
                drop(inner.try_emit_async(One).await);
                note.note("ended");
            }
        }
    });
    let subscription = new.concurrency(1).register().expect("it is the first");
    let mut executor = Executor::default();
    let emit = registry.emit_async(One);
    executor.spawn("emit_async", async move { _ = emit.await });
    run(&mut executor, &Gates::default());
    drop(subscription);
    assert_eq!(calls.list(), ["begun", "ended"]);
}
