//! A shutdown loses no event that something else has started.

use std::{
    future::pending,
    sync::{Arc, OnceLock},
};

use events_core::Registry;

use crate::{
    faults::scenario::{Calls, Two, gated, poll, run},
    strict::{executor::Executor, gates::Gates},
};

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
