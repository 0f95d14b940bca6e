//! An event whose `Drop` panics, in each form in which a queue has it, and in each way to run it; and an event
//! whose `Clone` panics.

use std::{
    error::Error,
    fmt,
    future::{pending, poll_fn},
    mem,
    panic::{AssertUnwindSafe, catch_unwind, panic_any},
    pin::pin,
    sync::atomic::Ordering,
    task::Poll,
    time::Duration,
};

use events_core::{Event, Failure, Registry, failures::Cause};

use super::{Bomb, Fragile, Payload, Row, Work, contained, count_work, in_child};
use crate::{block_on, poll_once};

/// Pending once.
async fn pause() {
    let mut is_second = false;
    poll_fn(|context| {
        context.waker().wake_by_ref();
        if mem::replace(&mut is_second, true) {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    })
    .await;
}

fn enqueue(registry: &Registry) {
    assert!(registry.enqueue(Fragile).is_ok(), "there is room");
}

/// Emits it, and forgets the event that comes back.
fn emit(registry: &Registry) {
    mem::forget(registry.emit(Fragile));
}

/// How an event comes into the queue, with its subscribers.
const FORMS: &[Row] = &[
    ("enqueued, without a subscriber", enqueue),
    ("enqueued for a sync subscriber", |registry| {
        registry.on(|_: &Fragile| {}).detach();
        enqueue(registry);
    }),
    ("enqueued with an origin", |registry| {
        registry.on(|_: &Fragile| {}).detach();
        let enqueued = registry.enqueue_from(Fragile, "origin");
        assert!(enqueued.is_ok(), "there is room");
    }),
    ("enqueued, with a hook for it", |registry| {
        registry.set_unheard_hook(|_| {});
        enqueue(registry);
    }),
    ("enqueued for an async subscriber", |registry| {
        registry.on_async(|_: &Fragile| async {}).detach();
        enqueue(registry);
    }),
    ("enqueued for one that is pending", |registry| {
        registry.on_async(|_: &Fragile| pause()).detach();
        enqueue(registry);
    }),
    ("enqueued for one that panics", |registry| {
        async fn panics(_: &Fragile) {
            panic!("a poll");
        }
        registry.on_async(panics).detach();
        enqueue(registry);
    }),
    ("enqueued for one whose future is fragile", |registry| {
        let handler = |_: &Fragile| async {
            let _bomb = Bomb;
            pause().await;
        };
        registry.on_async(handler).detach();
        enqueue(registry);
    }),
    ("a snapshot for a deferred subscriber", |registry| {
        registry.on_deferred(|_: &Fragile| {}).detach();
        emit(registry);
    }),
    ("a snapshot for an async subscriber", |registry| {
        registry.on_async(|_: &Fragile| pause()).detach();
        emit(registry);
    }),
    ("a snapshot of an async emit", |registry| {
        registry.on_deferred(|_: &Fragile| {}).detach();
        mem::forget(block_on(registry.emit_async(Fragile)));
    }),
];

/// Each way to run the events of a queue.
const WAYS: &[Row] = &[
    ("flush", |registry| _ = registry.queue().flush()),
    ("flush_async", |registry| {
        _ = block_on(registry.queue().flush_async());
    }),
    ("settle", |registry| {
        assert!(registry.queue().settle(Duration::MAX));
    }),
    ("shutdown", |registry| {
        assert!(registry.queue().shutdown(Duration::MAX).is_empty());
    }),
    ("shutdown_async", |registry| {
        let shutdown = registry.queue().shutdown_async(pending::<()>());
        assert!(block_on(shutdown).is_empty());
    }),
    ("a worker on a thread", |registry| {
        let worker = registry.queue().spawn_thread();
        assert!(registry.queue().shutdown(Duration::MAX).is_empty());
        worker.stop();
    }),
    ("a worker as a future", |registry| {
        let mut work = pin!(registry.queue().work(2));
        while !registry.queue().is_empty() || !registry.queue().settle(Duration::ZERO) {
            assert!(poll_once(work.as_mut()).is_pending(), "it does not end");
        }
    }),
];

#[test]
fn an_event_whose_drop_panics_does_not_affect_the_events_behind_it() {
    in_child(|| {
        for (form, enter) in FORMS {
            for (way, run) in WAYS {
                let row = format!("{form}, {way}");
                let registry = Registry::new();
                let count = count_work(&registry);
                enter(&registry);
                registry.enqueue(Work).expect("there is room");
                contained(&row, || run(&registry));
                assert_eq!(count.load(Ordering::Relaxed), 1, "{row}");
                assert!(registry.queue().settle(Duration::ZERO), "{row}");
            }
        }
    });
}

#[test]
fn at_a_full_queue_the_drop_of_a_snapshot_is_contained() {
    in_child(|| {
        let registry = Registry::new();
        registry.queue().set_capacity(1);
        registry.enqueue(Work).expect("there is room");
        registry.on_deferred(|_: &Fragile| {}).detach();
        let ran = contained("sync", || {
            let emitted = registry.try_emit(Fragile).map_err(mem::forget);
            let emitted = emitted.expect("the subscriber ran at once");
            let ran = emitted.ran();
            mem::forget(emitted);
            ran
        });
        assert_eq!(ran, 1);
    });
}

#[test]
fn a_future_of_an_async_emit_contains_the_drop_of_its_event() {
    in_child(|| {
        let registry = Registry::new();
        registry.on_async(|_: &Fragile| pending::<()>()).detach();
        let mut emit = Box::pin(registry.emit_async(Fragile));
        assert!(poll_once(emit.as_mut()).is_pending());
        contained("dropped early", || drop(emit));
    });
}

#[derive(Event)]
struct Uncloneable;

impl Clone for Uncloneable {
    fn clone(&self) -> Self {
        panic!("a clone")
    }
}

#[test]
fn a_clone_that_panics_is_a_failure_of_the_subscriber() {
    in_child(|| {
        let registry = Registry::new();
        registry.on_deferred(|_: &Uncloneable| {}).detach();
        let _stream = registry.stream::<Uncloneable>();
        let error = contained("sync", || registry.try_emit(Uncloneable)).expect_err("no snapshot");
        let causes = error.failures().iter().map(Failure::cause);
        assert_eq!(causes.clone().count(), 2);
        for cause in causes {
            assert!(matches!(cause, Cause::Panic(_)), "{cause}");
        }
    });
}

#[test]
fn a_clone_that_panics_at_a_full_queue_is_contained() {
    let rows: [Row; 2] = [
        ("deferred", |registry| {
            registry.on_deferred(|_: &Uncloneable| {}).detach();
        }),
        ("async", |registry| {
            registry.on_async(|_: &Uncloneable| async {}).detach();
        }),
    ];
    in_child(move || {
        for (row, subscribe) in rows {
            let registry = Registry::new();
            registry.queue().set_capacity(1);
            registry.enqueue(Work).expect("there is room");
            subscribe(&registry);
            let tried = contained(row, || registry.try_emit(Uncloneable));
            let error = tried.expect_err("no snapshot");
            let cause = error.failures()[0].cause();
            assert!(matches!(cause, Cause::Panic(_)), "{row}: {cause}");
            assert_eq!((error.ran(), error.failures().len()), (1, 1), "{row}");
            contained(row, || registry.emit(Uncloneable));
            assert_eq!(registry.queue().flush().ran(), 1, "{row}");
        }
    });
}

/// Its texts panic.
struct Unprintable;

impl fmt::Debug for Unprintable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic_any(Payload)
    }
}

impl fmt::Display for Unprintable {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic_any(Payload)
    }
}

impl Error for Unprintable {}

#[test]
fn an_error_whose_texts_panic_does_not_affect_the_texts_that_contain_it() {
    in_child(|| {
        let registry = Registry::new();
        registry.on(|_: &Work| Err::<(), _>(Unprintable)).detach();
        let error = registry.try_emit(Work).expect_err("it fails");
        let failure = &error.failures()[0];
        let texts = contained("texts", || {
            [
                error.to_string(),
                format!("{error:?}"),
                format!("{error:#?}"),
                failure.to_string(),
                format!("{failure:?}"),
                failure.cause().to_string(),
                format!("{:?}", failure.cause()),
            ]
        });
        for text in texts {
            assert!(text.contains("[its Display panicked]"), "{text}");
        }
        contained("logged", || registry.emit(Work));
    });
}

/// The registry of an event that panics is the registry of the next one.
#[test]
fn the_thread_has_left_the_job_whose_event_panicked() {
    in_child(|| {
        let registry = Registry::new();
        enqueue(&registry);
        let flushed = catch_unwind(AssertUnwindSafe(|| registry.queue().flush()));
        registry.enqueue(Work).expect("there is room");
        assert_eq!(registry.queue().flush().ran(), 1);
        assert_eq!(flushed.map_err(drop).map(|flushed| flushed.ran()), Ok(1));
    });
}
