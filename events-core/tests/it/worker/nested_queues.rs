//! Section 5: a flush, a shutdown or a settle inside a subscriber that the same queue runs, also by way of
//! another queue.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        mpsc::{Sender, channel},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use events_core::{
    Event, Registry,
    queues::{Flush, Worker},
};

use super::{
    waits::{FLUSH, Row, SETTLE, SHUTDOWN, Waits},
    wakes::Inline,
};
use crate::{Gate, Journal, block_on, poll_once};

#[derive(Event, Clone)]
struct Outer;

#[derive(Event, Clone)]
struct Inner;

/// Dropped when the queue has come to its end.
#[derive(Event)]
struct Last(Sender<()>);

/// A row of a table: its name, and what runs the events of the outer queue.
type Runs = (&'static str, fn(&Registry));

const RUNS: [Runs; 2] = [
    ("a flush", |outer| _ = outer.queue().flush()),
    ("a worker thread", |outer| {
        let (held, dropped) = channel();
        outer.enqueue(Last(held)).expect("there is room");
        let worker = outer.queue().spawn_thread();
        assert!(dropped.recv().is_err());
        worker.stop();
    }),
];

/// A subscriber of `Outer` flushes another queue, whose subscriber calls `touches` with the first one.
fn check(way: &str, touches: fn(&Registry)) {
    for (runs, run) in RUNS {
        let (outer, inner, journal) = (Registry::new(), Registry::new(), Journal::default());
        let (queue, notes) = (inner.clone(), journal.clone());
        let flushes = move |_: &Outer| {
            notes.note("begins");
            queue.enqueue(Inner).expect("there is room");
            queue.queue().flush();
            notes.note("ends");
        };
        let subscription = outer.on(flushes);
        let around = outer.clone();
        let touching = inner.on(move |_: &Inner| touches(&around));
        outer.enqueue(Outer).expect("there is room");
        outer.enqueue(Outer).expect("there is room");
        run(&outer);
        drop((subscription, touching));
        assert_eq!(
            journal.take(),
            ["begins", "ends", "begins", "ends"],
            "{way}, {runs}"
        );
    }
}

#[test]
fn no_event_of_a_queue_runs_inside_another_one_by_way_of_a_second_queue() {
    check("flush", |outer| _ = outer.queue().flush());
    check("flush_async", |outer| {
        _ = block_on(outer.queue().flush_async());
    });
    check("settle", |outer| {
        assert!(!outer.queue().settle(Duration::MAX));
    });
    check("settle_async", |outer| {
        assert!(!block_on(outer.queue().settle_async()));
    });
    check("shutdown", |outer| {
        assert!(outer.queue().shutdown(Duration::MAX).is_empty());
    });
    check("shutdown_async", |outer| {
        let shutdown = outer.queue().shutdown_async(pending::<()>());
        assert!(block_on(shutdown).is_empty());
    });
}

/// What the subscribers enqueue is accepted after the shutdown has begun, also by way of a second queue.
#[test]
fn a_queue_that_drains_accepts_events_of_its_subscribers_by_way_of_a_second_queue() {
    check("enqueue", |outer| {
        let is_first = outer.queue().len() == 1;
        assert!(outer.queue().shutdown(Duration::MAX).is_empty());
        if is_first {
            outer
                .enqueue(Inner)
                .expect("it is enqueued by a subscriber");
        }
    });
}

#[test]
fn a_worker_that_is_stopped_by_its_own_subscriber_ends_afterwards() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let worker = Arc::new(Mutex::new(None));
    let (own, notes) = (Arc::clone(&worker), journal.clone());
    let stops = move |_: &Outer| {
        let worker: Option<Worker> = own.lock().expect("no panic").take();
        worker.expect("it is called once").stop();
        notes.note("stopped");
    };
    registry.on(stops).detach();
    *worker.lock().expect("no panic") = Some(registry.queue().spawn_thread());
    registry.enqueue(Outer).expect("there is room");
    let unfinished = registry.queue().shutdown(Duration::from_secs(10));
    assert!(unfinished.is_empty(), "{unfinished}");
    assert_eq!(journal.take(), ["stopped"]);
}

/// The place where a flush is polled counts, not the place where it was made.
#[test]
fn a_flush_is_inside_where_it_is_polled() {
    let registry = Registry::new();
    let made_inside = Arc::new(Mutex::new(None));
    let (inner, flush) = (registry.clone(), Arc::clone(&made_inside));
    let makes = move |_: &Outer| {
        *flush.lock().expect("no panic") = Some(inner.queue().flush_async());
    };
    registry.on(makes).detach();
    registry.enqueue(Outer).expect("there is room");
    registry.queue().flush();
    registry.enqueue(Inner).expect("there is room");
    let made_inside = made_inside.lock().expect("no panic").take();
    let flushed = block_on(made_inside.expect("the subscriber has made it"));
    assert_eq!((flushed.ran(), flushed.left()), (1, 0));

    let made_outside: Arc<Mutex<Option<Flush>>> = Arc::new(Mutex::new(None));
    let (flush, flushed) = (Arc::clone(&made_outside), Arc::new(Mutex::new(None)));
    let found = Arc::clone(&flushed);
    let polls = move |_: &Inner| {
        if let Some(flush) = flush.lock().expect("no panic").take() {
            *found.lock().expect("no panic") = Some(poll_once(flush));
        }
    };
    registry.on(polls).detach();
    *made_outside.lock().expect("no panic") = Some(registry.queue().flush_async());
    registry.enqueue(Inner).expect("there is room");
    registry.enqueue(Inner).expect("there is room");
    registry.queue().flush();
    let flushed = flushed.lock().expect("no panic").take();
    let Some(Poll::Ready(flushed)) = flushed else {
        panic!("the flush inside has not ended: {flushed:?}");
    };
    assert_eq!((flushed.ran(), flushed.left()), (0, 1));
}

#[test]
fn what_is_made_inside_and_polled_outside_runs_the_queue() {
    for (row, make) in [FLUSH, SETTLE, SHUTDOWN] {
        let (registry, journal) = (Registry::new(), Journal::default());
        let made_inside = Arc::new(Mutex::new(None));
        let (inner, made) = (registry.clone(), Arc::clone(&made_inside));
        let makes = move |_: &Outer| *made.lock().expect("no panic") = Some(make(&inner));
        registry.on(makes).detach();
        let notes = journal.clone();
        registry.on(move |_: &Inner| notes.note("runs")).detach();
        registry.enqueue(Outer).expect("there is room");
        registry.queue().flush();
        registry.enqueue(Inner).expect("there is room");
        let made_inside = made_inside.lock().expect("no panic").take();
        block_on(made_inside.expect("the subscriber has made it"));
        assert_eq!(journal.take(), ["runs"], "{row}");
    }
}

/// They do not wait for the event that they are inside of, and begin no other.
#[test]
fn what_is_made_outside_and_polled_inside_runs_nothing() {
    for (row, make) in [FLUSH, SETTLE, SHUTDOWN] {
        let (registry, journal) = (Registry::new(), Journal::default());
        let made_outside = Arc::new(Mutex::new(Some(make(&registry))));
        let (notes, polled) = (journal.clone(), Arc::clone(&made_outside));
        let polls = move |_: &Inner| {
            notes.note("begins");
            if let Some(made) = polled.lock().expect("no panic").take() {
                assert!(poll_once(made).is_ready());
            }
            notes.note("ends");
        };
        registry.on(polls).detach();
        registry.enqueue(Inner).expect("there is room");
        registry.enqueue(Inner).expect("there is room");
        let flushed = registry.queue().flush();
        assert_eq!((flushed.failures(), flushed.left()), (0, 0), "{row}");
        let expected = ["begins", "ends", "begins", "ends"];
        assert_eq!(journal.take(), expected, "{row}");
    }
}

/// What wakes a task, the task, and how: a worker has an event in progress, which ends when the gate is open.
type Wakes = (&'static str, Row, fn(&Registry, &Gate, Waits));

const WAKES: &[Wakes] = &[
    ("a worker that becomes idle", SETTLE, |_, gate, mut work| {
        gate.open();
        assert!(poll_once(&mut work).is_pending());
    }),
    ("a worker that is dropped", SETTLE, |_, _, work| drop(work)),
    ("a worker that is dropped", SHUTDOWN, |_, _, work| {
        drop(work);
    }),
    ("a shutdown", SETTLE, |registry, _, work| {
        drop(registry.queue().shutdown(Duration::ZERO));
        drop(work);
    }),
    ("a shutdown", WORK, |registry, _, work| {
        drop(registry.queue().shutdown(Duration::ZERO));
        drop(work);
    }),
    (
        "the end of the last worker",
        WORK,
        |registry, gate, mut work| {
            let mut shutdown = Box::pin(registry.queue().shutdown_async(pending::<()>()));
            assert!(poll_once(&mut shutdown).is_pending());
            gate.open();
            assert!(poll_once(&mut work).is_ready());
            drop(work);
        },
    ),
];

const WORK: Row = ("work", |registry| Box::pin(registry.queue().work(1)));

/// The wakers of an executor may poll the task at once.
#[test]
fn a_task_that_a_worker_wakes_is_outside_of_its_queue_and_registry() {
    for (wakes, (waits, make), act) in WAKES {
        let (registry, gate, journal) = (Registry::new(), Gate::default(), Journal::default());
        let opens = gate.clone();
        registry.on_async(move |_: &Outer| opens.wait()).detach();
        registry.enqueue(Outer).expect("there is room");
        let mut work: Waits = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut work).is_pending());
        let (future, notes, of_queue) = (make(&registry), journal.clone(), registry.clone());
        let task = async move {
            future.await;
            let is_inside = events_core::registry() == of_queue;
            notes.note(if is_inside { "inside" } else { "outside" });
        };
        let _task = Inline::start(Box::pin(task));
        assert!(journal.take().is_empty(), "{wakes}, {waits}");
        act(&registry, &gate, work);
        assert_eq!(journal.take(), ["outside"], "{wakes}, {waits}");
    }
}

/// Calls a function when it is dropped.
struct OnDrop(Box<dyn Fn() + Send + Sync>);

impl Wake for OnDrop {
    fn wake(self: Arc<Self>) {}
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// The last waker of a task may drop the task.
#[test]
fn a_waker_that_a_worker_replaces_is_dropped_outside_of_its_queue_and_registry() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry.on(|_: &Inner| ()).detach();
    let mut work: Waits = Box::pin(registry.queue().work(1));
    let (inner, notes) = (registry.clone(), journal.clone());
    let on_drop = move || {
        inner.enqueue(Inner).expect("there is room");
        let is_inside = events_core::registry() == inner || inner.queue().flush().left() > 0;
        notes.note(if is_inside { "inside" } else { "outside" });
    };
    let waker = Waker::from(Arc::new(OnDrop(Box::new(on_drop))));
    let mut context = Context::from_waker(&waker);
    assert!(work.as_mut().poll(&mut context).is_pending());
    drop(waker);
    assert!(poll_once(&mut work).is_pending());
    assert_eq!(journal.take(), ["outside"]);
}
