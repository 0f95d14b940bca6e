//! Section 5: a shutdown and a settle wait for all that runs events of the queue, not only for its workers.

use std::{
    future::pending,
    pin::pin,
    sync::{Arc, Barrier},
    task::Poll,
    thread,
    time::Duration,
};

use events_core::{Event, Registry};

use crate::{Gate, block_on, poll_once};

#[derive(Event, Clone)]
struct Work;

/// `runs` runs an event on another thread; its sync subscriber does not return before the checks are over.
fn check(way: &str, runs: fn(&Registry)) {
    let (registry, barrier) = (Registry::new(), Arc::new(Barrier::new(2)));
    let waits = Arc::clone(&barrier);
    let blocks = move |_: &Work| {
        waits.wait();
        waits.wait();
    };
    registry.on(blocks).detach();
    registry.enqueue(Work).expect("there is room");
    let other = registry.clone();
    let thread = thread::spawn(move || runs(&other));
    barrier.wait();
    let is_settled = registry.queue().settle(Duration::ZERO);
    let at_deadline = registry.queue().shutdown(Duration::ZERO);
    let mut shutdown = pin!(registry.queue().shutdown_async(pending::<()>()));
    let is_pending = poll_once(shutdown.as_mut()).is_pending();
    barrier.wait();
    thread.join().expect("nothing panics");
    let at_end = block_on(shutdown);
    assert!(!is_settled, "{way}");
    assert_eq!(
        (at_deadline.running, at_deadline.events.len()),
        (1, 0),
        "{way}"
    );
    assert!(is_pending, "{way}");
    assert!(at_end.is_empty(), "{way}");
}

#[test]
fn a_shutdown_waits_for_an_event_that_another_thread_runs() {
    check("a flush", |registry| _ = registry.queue().flush());
    check("a flush as a future", |registry| {
        _ = block_on(registry.queue().flush_async());
    });
    check("a settle", |registry| {
        _ = registry.queue().settle(Duration::MAX);
    });
    check("a shutdown", |registry| {
        _ = registry.queue().shutdown(Duration::MAX);
    });
    check("a shutdown as a future", |registry| {
        _ = block_on(registry.queue().shutdown_async(pending::<()>()));
    });
    check("a worker", |registry| {
        block_on(registry.queue().work(1));
    });
}

/// At its deadline a shutdown takes the event of a flush that is not polled any more.
#[test]
fn a_shutdown_returns_the_event_that_a_flush_has_started() {
    let (registry, gate) = (Registry::new(), Gate::default());
    let waits = gate.clone();
    registry.on_async(move |_: &Work| waits.wait()).detach();
    registry.enqueue(Work).expect("there is room");
    let mut flush = pin!(registry.queue().flush_async());
    assert!(poll_once(flush.as_mut()).is_pending());
    let unfinished = registry.queue().shutdown(Duration::ZERO);
    assert_eq!((unfinished.running, unfinished.events.len()), (0, 1));
    let Poll::Ready(flushed) = poll_once(flush.as_mut()) else {
        panic!("the flush has nothing to wait for");
    };
    assert_eq!(flushed.left(), 0);
}

/// A flush that is dropped or has ended is not waited for.
#[test]
fn a_flush_that_is_over_is_not_waited_for() {
    let (registry, gate) = (Registry::new(), Gate::default());
    let waits = gate.clone();
    registry.on_async(move |_: &Work| waits.wait()).detach();
    registry.enqueue(Work).expect("there is room");
    let mut flush = Box::pin(registry.queue().flush_async());
    assert!(poll_once(flush.as_mut()).is_pending());
    drop(flush);
    gate.open();
    registry.enqueue(Work).expect("there is room");
    let ended = registry.queue().flush();
    assert_eq!(ended.ran(), 1);
    assert!(registry.queue().settle(Duration::MAX));
    let unfinished = registry.queue().shutdown(Duration::MAX);
    assert_eq!((unfinished.running, unfinished.events.len()), (0, 1));
}
