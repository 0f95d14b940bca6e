//! Section 5: the destructors in the futures of handlers that a worker, a flush or a shutdown drops. They run
//! inside the queue, as the handlers do, and cannot wait for it.

use std::{
    future::{Future, pending},
    pin::pin,
    sync::{
        Arc, Barrier,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use events_core::{Event, Registry};
use tokio::runtime::Builder;

use crate::{ErrorWith, Gate, Journal, poll_once};

#[derive(Event, Clone)]
struct Work;

struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// A registry whose only handler has a limit of 1 and never ends; its future calls `on_drop` when it is
/// dropped.
fn registry(on_drop: fn(&Registry)) -> Registry {
    let registry = Registry::new();
    let inner = registry.clone();
    let new = registry.subscribe_async(move |_: &Work| {
        let inner = inner.clone();
        async move {
            let _calls = OnDrop(move || on_drop(&inner));
            pending::<()>().await;
        }
    });
    new.concurrency(1)
        .register()
        .expect("it is the only one")
        .detach();
    registry
}

fn assert_pending(future: impl Future) {
    assert!(poll_once(future).is_pending());
}

/// Each way to drop a handler that has started, with two events in the queue.
fn check(on_drop: fn(&Registry), left: &dyn Fn(&str, usize)) {
    let start = || {
        let registry = registry(on_drop);
        registry.enqueue(Work).expect("there is room");
        registry.enqueue(Work).expect("there is room");
        registry
    };
    let count = |registry: &Registry| registry.queue().shutdown(Duration::ZERO).events.len();
    let registry = start();
    assert_pending(registry.queue().work(1));
    left("a worker is dropped", count(&registry));
    let registry = start();
    assert_pending(registry.queue().flush_async());
    left("a flush is dropped", count(&registry));
    let registry = start();
    assert_pending(registry.queue().shutdown_async(pending::<()>()));
    left("a shutdown is dropped", count(&registry));
    let registry = start();
    let mut work = pin!(registry.queue().work(1));
    assert_pending(work.as_mut());
    left("a shutdown ends a worker", count(&registry));
    let registry = start();
    let (mut first, mut second) = (
        pin!(registry.queue().work(1)),
        pin!(registry.queue().work(1)),
    );
    assert_pending(first.as_mut());
    assert_pending(second.as_mut());
    left("a shutdown ends two workers", count(&registry));
}

#[test]
fn a_flush_in_a_destructor_returns_at_once() {
    let flushes = |registry: &Registry| _ = registry.queue().flush();
    check(flushes, &|way, left| assert_eq!(left, 2, "{way}"));
}

#[test]
fn a_shutdown_in_a_destructor_returns_at_once_and_takes_no_event() {
    let shuts_down = |registry: &Registry| _ = registry.queue().shutdown(Duration::MAX);
    check(shuts_down, &|way, left| assert_eq!(left, 2, "{way}"));
}

#[test]
fn a_settle_in_a_destructor_returns_at_once() {
    let settles = |registry: &Registry| assert!(!registry.queue().settle(Duration::MAX));
    check(settles, &|way, left| assert_eq!(left, 2, "{way}"));
}

/// The handler is unsubscribed, and dropped with its last event.
#[test]
fn a_handler_that_is_dropped_by_take_is_dropped_inside_the_queue() {
    let registry = Registry::new();
    let journal = Journal::default();
    let (inner, seen) = (registry.clone(), journal.clone());
    let on_drop = OnDrop(move || seen.note(inner.queue().flush().ran().to_string()));
    let handler = move |_: &Work| _ = &on_drop;
    let new = registry.subscribe_deferred(handler).register();
    let subscription = new.expect("it is the only one");
    registry.emit(Work);
    drop(subscription);
    registry.enqueue(Work).expect("there is room");
    assert_eq!(journal.take().len(), 0);
    assert_eq!(registry.queue().take().len(), 2);
    assert_eq!(journal.take(), ["0"]);
}

/// An event whose destructor counts and then panics.
#[derive(Event, Clone)]
struct PanicsOnDrop(Arc<AtomicUsize>);

impl Drop for PanicsOnDrop {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        panic!("in a destructor");
    }
}

/// Three events in the queue of a registry that is dropped: enqueued, with an origin, and kept by a dropped flush.
#[test]
fn each_event_in_the_queue_of_a_dropped_registry_is_dropped_and_its_panic_is_contained() {
    let dropped = Arc::new(AtomicUsize::new(0));
    let event = || PanicsOnDrop(Arc::clone(&dropped));
    let registry = Registry::new();
    let handler = |_: &PanicsOnDrop| pending::<()>();
    registry.on_async(handler).detach();
    for _ in 0..3 {
        assert!(registry.enqueue(event()).is_ok(), "there is room");
        assert!(
            registry.enqueue_from(event(), "here").is_ok(),
            "there is room"
        );
    }
    assert_pending(registry.queue().flush_async());
    assert_eq!(registry.queue().len(), 5);
    let caught = std::panic::catch_unwind(move || {
        let _dropped = registry;
        std::panic::panic_any("the first panic");
    });
    let payload = caught.expect_err("it panics");
    assert_eq!(payload.downcast_ref(), Some(&"the first panic"));
    assert_eq!(dropped.load(Ordering::Relaxed), 6);
}

/// A shutdown that comes while the destructors of a dropped worker are running counts that worker.
#[test]
fn a_worker_is_in_progress_while_it_is_dropped() {
    let (registry, entered) = (Registry::new(), Arc::new(Barrier::new(2)));
    let waits = Arc::clone(&entered);
    let handler = move |_: &Work| {
        let waits = Arc::clone(&waits);
        async move {
            let _waits = OnDrop(move || {
                waits.wait();
                waits.wait();
            });
            pending::<()>().await;
        }
    };
    registry.on_async(handler).detach();
    registry.enqueue(Work).expect("there is room");
    let mut work = Box::pin(registry.queue().work(1));
    assert_pending(work.as_mut());
    let drops = thread::spawn(move || drop(work));
    entered.wait();
    let is_settled = registry.queue().settle(Duration::ZERO);
    let first = registry.queue().shutdown(Duration::ZERO);
    entered.wait();
    drops.join().expect("nothing panics");
    let second = registry.queue().shutdown(Duration::ZERO);
    assert!(!is_settled);
    assert_eq!((first.events.len(), first.running), (0, 1));
    assert_eq!((second.events.len(), second.running), (1, 0));
}

/// The waker of a task that is polled again and again is kept once.
#[test]
fn waiting_futures_keep_one_waker() {
    struct Counted;
    impl Wake for Counted {
        fn wake(self: Arc<Self>) {}
    }
    fn kept(future: impl Future) -> usize {
        let counted = Arc::new(Counted);
        let waker = Waker::from(Arc::clone(&counted));
        let mut future = pin!(future);
        for _ in 0..100 {
            let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
            assert!(matches!(polled, Poll::Pending));
        }
        Arc::strong_count(&counted) - 2
    }
    let registry = registry(|_| ());
    let mut work = pin!(registry.queue().work(1));
    registry.enqueue(Work).expect("there is room");
    assert_pending(work.as_mut());
    let bridge = || {
        let bridge = events_core::bridge(tokio_stream::pending::<()>());
        bridge.with(|()| Some(Work)).on(&registry)
    };
    let waits = bridge().spawn();
    // The tasks of a runtime that is not polled any more.
    let runtime = Builder::new_current_thread().build().expect("a runtime");
    let (worker, stops) =
        runtime.block_on(async { (registry.queue().spawn_tokio(1), bridge().spawn_tokio()) });
    let subscription = registry.on_async(|_: &Settles| pending::<()>());
    let mut emit = pin!(registry.emit_async(Settles(registry.clone(), Journal::default())));
    assert_pending(emit.as_mut());
    for (name, kept) in [
        ("settle_async", kept(registry.queue().settle_async())),
        (
            "shutdown_async",
            kept(registry.queue().shutdown_async(pending::<()>())),
        ),
        ("wait_async of a bridge", kept(waits.wait_async())),
        ("stop_async of a bridge", kept(stops.stop_async())),
        ("stop_async of a worker", kept(worker.stop_async())),
        (
            "stop_async of a subscription",
            kept(subscription.stop_async()),
        ),
        ("next", kept(registry.next::<Work>())),
    ] {
        assert!(kept <= 1, "{name}: {kept}");
    }
}

/// An event, or an error, whose destructor notes whether it runs inside the queue, where a settle does not wait.
#[derive(Event, Clone)]
struct Settles(Registry, Journal);

impl Drop for Settles {
    fn drop(&mut self) {
        let settled = poll_once(self.0.queue().settle_async());
        self.1.note(format!("{settled:?}"));
    }
}

#[test]
fn an_event_is_dropped_inside_the_queue_when_its_last_handler_has_ended() {
    type Subscribe = fn(&Registry, Gate);
    let rows: [(&str, Subscribe); 3] = [
        ("sync", |registry, _| {
            registry.on(|_: &Settles| ()).detach();
        }),
        ("async", |registry, _| {
            registry.on_async(|_: &Settles| async {}).detach();
        }),
        ("async, resumed", |registry, gate| {
            registry.on_async(move |_: &Settles| gate.wait()).detach();
        }),
    ];
    for (row, subscribe) in rows {
        let (registry, gate, journal) = (Registry::new(), Gate::default(), Journal::default());
        subscribe(&registry, gate.clone());
        let event = Settles(registry.clone(), journal.clone());
        assert!(registry.enqueue(event).is_ok(), "{row}");
        let mut work = pin!(registry.queue().work(1));
        assert_pending(work.as_mut());
        gate.open();
        assert_pending(work.as_mut());
        assert_eq!(journal.take(), ["Ready(false)"], "{row}");
    }
}

/// Also while the queue drains.
#[test]
fn an_error_is_dropped_inside_the_queue() {
    type Subscribe = fn(&Registry, Gate, ErrorWith<Settles>);
    let rows: [(&str, Subscribe); 3] = [
        ("sync", |registry, _, error| {
            let fails = move |_: &Work| Err::<(), _>(error.clone());
            registry.on(fails).detach();
        }),
        ("async", |registry, _, error| {
            let fails = move |_: &Work| {
                let error = error.clone();
                async { Err::<(), _>(error) }
            };
            registry.on_async(fails).detach();
        }),
        ("async, resumed", |registry, gate, error| {
            let fails = move |_: &Work| {
                let (gate, error) = (gate.clone(), error.clone());
                async move {
                    gate.wait().await;
                    Err::<(), _>(error)
                }
            };
            registry.on_async(fails).detach();
        }),
    ];
    for (row, subscribe) in rows {
        let (registry, gate, journal) = (Registry::new(), Gate::default(), Journal::default());
        let error = ErrorWith(Settles(registry.clone(), journal.clone()));
        subscribe(&registry, gate.clone(), error);
        registry.enqueue(Work).expect("there is room");
        let mut shutdown = pin!(registry.queue().shutdown_async(pending::<()>()));
        _ = poll_once(shutdown.as_mut());
        gate.open();
        _ = poll_once(shutdown.as_mut());
        assert_eq!(journal.take(), ["Ready(false)"], "{row}");
    }
}
