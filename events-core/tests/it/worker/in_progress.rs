//! Section 5: a shutdown and a settle wait for all that runs events of the queue, not only for its workers.

use std::{
    future::{pending, poll_fn},
    pin::pin,
    sync::{Arc, Barrier, Mutex},
    task::Poll,
    thread,
    time::Duration,
};

use events_core::{Event, Registry};
use tokio::{runtime::Builder, task::yield_now};

use super::waits::{Quick, Slow, Waits};
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

/// Calls a function when it is dropped.
struct OnDrop<F: FnMut()>(F);

impl<F: FnMut()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// Calls a function on another thread, which runs no event, and waits for it.
fn elsewhere<T: Send>(f: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| scope.spawn(f).join().expect("nothing panics"))
}

/// Subscribes a handler that is pending; it calls one function when it is polled, the other when it is dropped.
fn on_slow(
    registry: &Registry,
    polled: impl Fn() + Send + Sync + Clone + 'static,
    dropped: impl Fn() + Send + Sync + Clone + 'static,
) {
    let handler = move |_: &Slow| {
        let (polled, dropped) = (polled.clone(), OnDrop(dropped.clone()));
        poll_fn(move |_| {
            _ = &dropped;
            polled();
            Poll::<()>::Pending
        })
    };
    registry.on_async(handler).detach();
}

fn stop_from_elsewhere(registry: &Registry) {
    let stopped = elsewhere(|| registry.queue().shutdown(Duration::ZERO));
    assert_eq!((stopped.events.len(), stopped.running), (0, 1));
}

/// How an event in progress is given up: its name, what its handler does, and what starts and stops it, which returns
/// the number of events that it has from a shutdown.
type GivenUp = (&'static str, fn(&Registry), fn(&Registry) -> usize);

const GIVEN_UP: &[GivenUp] = &[
    (
        "a shutdown stops the worker meanwhile",
        stop_from_elsewhere,
        |registry| {
            assert!(poll_once(registry.queue().work(1)).is_ready());
            0
        },
    ),
    (
        "a worker is dropped",
        |_| (),
        |registry| {
            assert!(poll_once(registry.queue().work(1)).is_pending());
            0
        },
    ),
    (
        "a flush is dropped",
        |_| (),
        |registry| {
            assert!(poll_once(registry.queue().flush_async()).is_pending());
            0
        },
    ),
    (
        "a shutdown is dropped",
        |_| (),
        |registry| {
            let shutdown = registry.queue().shutdown_async(pending::<()>());
            assert!(poll_once(shutdown).is_pending());
            0
        },
    ),
    (
        "a shutdown takes it",
        |_| (),
        |registry| {
            let mut work = pin!(registry.queue().work(1));
            assert!(poll_once(work.as_mut()).is_pending());
            registry.queue().shutdown(Duration::ZERO).events.len()
        },
    ),
];

/// While the destructor of its handler runs.
#[test]
fn an_event_that_is_given_up_is_in_progress_until_a_shutdown_can_return_it() {
    for (row, polled, gives_up) in GIVEN_UP {
        let (registry, found) = (Registry::new(), Arc::new(Mutex::new(Vec::new())));
        let (inner, outer, finds) = (registry.clone(), registry.clone(), Arc::clone(&found));
        let dropped = move || {
            let queue = inner.queue();
            let seen = elsewhere(|| {
                let is_settling = poll_once(queue.settle_async()).is_pending();
                let shutdown = queue.shutdown_async(pending::<()>());
                let is_waiting = poll_once(shutdown).is_pending();
                let at_once = queue.shutdown(Duration::ZERO);
                (
                    is_settling,
                    is_waiting,
                    at_once.running,
                    at_once.events.len(),
                )
            });
            finds.lock().expect("it is not poisoned").push(seen);
        };
        on_slow(&registry, move || polled(&outer), dropped);
        registry.enqueue(Slow).expect("there is room");
        let taken = gives_up(&registry);
        let found = found.lock().expect("it is not poisoned");
        assert_eq!(*found, [(true, true, 1, 0)], "{row}");
        let last = registry.queue().shutdown(Duration::ZERO);
        assert_eq!((taken + last.events.len(), last.running), (1, 0), "{row}");
    }
}

#[test]
fn the_stop_of_a_worker_waits_for_the_event_that_it_gives_up() {
    let nothing: fn(&Registry) = |_| ();
    for (row, polled) in [
        ("a shutdown stops it meanwhile", stop_from_elsewhere as _),
        ("its runtime ends", nothing),
    ] {
        let runtime = Builder::new_current_thread().build().expect("a runtime");
        let (registry, found) = (Registry::new(), Arc::new(Mutex::new(Vec::new())));
        let worker = runtime.block_on(async { registry.queue().spawn_tokio(1) });
        let worker = Arc::new(Mutex::new(Some(worker)));
        let (outer, finds) = (registry.clone(), Arc::clone(&found));
        let dropped = move || {
            let worker = worker.lock().expect("it is not poisoned").take();
            let stops = worker.expect("it is called once").stop_async();
            let is_waiting = elsewhere(|| poll_once(stops).is_pending());
            finds.lock().expect("it is not poisoned").push(is_waiting);
        };
        on_slow(&registry, move || polled(&outer), dropped);
        registry.enqueue(Slow).expect("there is room");
        runtime.block_on(async {
            for _ in 0..4 {
                yield_now().await;
            }
        });
        drop(runtime);
        let found = found.lock().expect("it is not poisoned");
        assert_eq!(*found, [true], "{row}");
    }
}

/// Once it was polled inside a handler in which no further emit may be nested.
#[test]
fn a_shutdown_that_was_polled_too_deep_waits_for_other_workers() {
    let (registry, gate, held) = (Registry::new(), Gate::default(), Gate::default());
    registry.set_depth_limit(1);
    let (first, second) = (gate.clone(), held.clone());
    registry.on_async(move |_: &Slow| first.wait()).detach();
    registry.on_async(move |_: &Quick| second.wait()).detach();
    registry.enqueue(Slow).expect("there is room");
    registry.enqueue(Quick).expect("there is room");
    let queue = registry.queue();
    let shutdown = Box::pin(async move { queue.shutdown_async(pending::<()>()).await });
    let shutdown = Arc::new(Mutex::new(shutdown));
    let poll = {
        let shutdown = Arc::clone(&shutdown);
        move || poll_once(&mut *shutdown.lock().expect("it is not poisoned"))
    };
    // It starts `Slow`.
    assert!(poll().is_pending());
    let inner = poll.clone();
    registry
        .on(move |_: &Work| assert!(inner().is_pending()))
        .detach();
    registry.emit(Work);
    let mut work: Waits = Box::pin(registry.queue().work(1));
    assert!(poll_once(&mut work).is_pending());
    assert_eq!(registry.queue().len(), 0);
    gate.open();
    assert!(poll().is_pending(), "`Quick` is in progress");
    held.open();
    assert!(poll_once(&mut work).is_ready());
    let Poll::Ready(unfinished) = poll() else {
        panic!("all events have ended");
    };
    assert!(unfinished.is_empty(), "{unfinished}");
}
