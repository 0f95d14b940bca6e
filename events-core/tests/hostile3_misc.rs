//! Third hostile round: futures of async emits that outlive things.

use std::{
    future::{Future, pending, poll_fn},
    pin::pin,
    sync::{
        Arc, Mutex, mpsc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use events_core::{Event, Registry, Subscription};

fn poll_once<F: Future>(future: F) -> Poll<F::Output> {
    pin!(future).poll(&mut Context::from_waker(Waker::noop()))
}

fn ends(f: impl FnOnce() + Send + 'static) -> bool {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        f();
        _ = sender.send(());
    });
    receiver.recv_timeout(Duration::from_secs(5)).is_ok()
}

#[derive(Event, Clone)]
struct A(u32);
#[derive(Event, Clone)]
struct B(u32);

/// A handler that drops the future of an emit in progress, whose handler it is not.
#[test]
fn a_handler_that_drops_another_emit_whose_destructor_emits_and_unsubscribes() {
    assert!(ends(|| {
        struct Emits(Registry, Arc<Mutex<Option<Subscription>>>);
        impl Drop for Emits {
            fn drop(&mut self) {
                drop(self.1.lock().unwrap().take());
                self.0.emit(B(1));
                self.0.enqueue(B(2)).unwrap();
                assert_eq!(self.0.queue().flush().ran(), 1);
            }
        }
        let registry = Registry::new();
        let slot = Arc::new(Mutex::new(None));
        let (inner, s) = (registry.clone(), Arc::clone(&slot));
        *slot.lock().unwrap() = Some(registry.on_async(move |_: &A| {
            let emits = Emits(inner.clone(), Arc::clone(&s));
            async move {
                let _emits = emits;
                pending::<()>().await;
            }
        }));
        let count = Arc::new(AtomicUsize::new(0));
        let c = Arc::clone(&count);
        registry.on(move |_: &B| _ = c.fetch_add(1, Ordering::Relaxed)).detach();
        let mut emit = Box::pin(registry.emit_async(A(1)));
        assert!(poll_once(&mut emit).is_pending());
        let emit = Mutex::new(Some(emit));
        registry.on(move |_: &A| drop(emit.lock().unwrap().take())).detach();
        registry.emit(A(2));
        assert_eq!(count.load(Ordering::Relaxed), 2);
    }));
}

/// A subscription is stopped, from another thread, while an emit of the first waits for its permit.
#[test]
fn a_stop_ends_when_the_emit_whose_call_waits_is_dropped() {
    assert!(ends(|| {
        let registry = Registry::new();
        let subscription = registry
            .subscribe_async(|_: &A| pending::<()>())
            .concurrency(1)
            .once()
            .register()
            .unwrap();
        let mut first = Box::pin(registry.emit_async(A(1)));
        let mut second = Box::pin(registry.emit_async(A(2)));
        assert!(poll_once(&mut first).is_pending());
        let _ = poll_once(&mut second);
        let stops = thread::spawn(move || subscription.stop());
        thread::sleep(Duration::from_millis(20));
        assert!(!stops.is_finished());
        drop(first);
        drop(second);
        stops.join().unwrap();
    }));
}

/// An event that is enqueued while its registry is current only by a scope.
#[test]
fn a_worker_of_a_registry_whose_other_handles_are_gone() {
    let registry = Registry::new();
    let count = Arc::new(AtomicUsize::new(0));
    let c = Arc::clone(&count);
    registry
        .on_async(move |_: &A| {
            let (c, mut polled) = (Arc::clone(&c), false);
            poll_fn(move |context| {
                if polled {
                    c.fetch_add(1, Ordering::Relaxed);
                    return Poll::Ready(());
                }
                polled = true;
                context.waker().wake_by_ref();
                Poll::Pending
            })
        })
        .detach();
    registry.enqueue(A(1)).unwrap();
    let mut work = Box::pin(registry.queue().work(1));
    drop(registry);
    for _ in 0..3 {
        assert!(poll_once(&mut work).is_pending());
    }
    drop(work);
    assert_eq!((count.load(Ordering::Relaxed), Arc::strong_count(&count)), (1, 1));
}

/// Handlers run once, in order, when the plan is rebuilt by emits that are nested in one another.
#[test]
fn a_plan_that_is_rebuilt_by_nested_emits_of_several_threads() {
    assert!(ends(|| {
        let registry = Registry::new();
        let log: Arc<Mutex<Vec<u32>>> = Arc::default();
        let threads: Vec<_> = (0..3_u32)
            .map(|n| {
                let (registry, log) = (registry.clone(), Arc::clone(&log));
                thread::spawn(move || {
                    for _ in 0..300 {
                        let l = Arc::clone(&log);
                        let inner = registry.clone();
                        let own = registry.on(move |a: &A| {
                            if a.0 == n {
                                l.lock().unwrap().push(n);
                                drop(inner.on(|_: &A| ()));
                                inner.emit(A(1000));
                            }
                        });
                        registry.emit(A(n));
                        own.stop();
                    }
                })
            })
            .collect();
        for thread in threads {
            thread.join().unwrap();
        }
        let log = log.lock().unwrap();
        assert_eq!((0..3).map(|n| log.iter().filter(|l| **l == n).count()).collect::<Vec<_>>(), [300; 3]);
    }));
}

/// A job whose event's `Drop` flushes, shuts down, or drops the worker's handle.
#[test]
fn an_event_whose_destructor_uses_its_own_queue() {
    assert!(ends(|| {
        #[derive(Event)]
        struct Uses(Registry, Arc<Mutex<Vec<bool>>>);
        impl Drop for Uses {
            fn drop(&mut self) {
                let queue = self.0.queue();
                queue.flush();
                let settled = queue.settle(Duration::MAX);
                let unfinished = queue.shutdown(Duration::MAX);
                self.1.lock().unwrap().push(settled || !unfinished.is_empty());
            }
        }
        let results = Arc::new(Mutex::new(Vec::new()));
        for with_background in [false, true] {
            let registry = Registry::new();
            registry.on(|_: &Uses| ()).detach();
            if with_background {
                registry.on(|_: &B| ()).detach();
            }
            registry.enqueue(Uses(registry.clone(), Arc::clone(&results))).unwrap();
            registry.enqueue(B(1)).unwrap();
            assert_eq!(registry.queue().flush().ran(), 2);
        }
        assert_eq!(*results.lock().unwrap(), [false, false]);
    }));
}
