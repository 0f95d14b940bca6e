//! Third hostile round: odd uses.

use std::{
    future::{Future, pending, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, mpsc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Waker},
    thread,
    time::Duration,
};

use events_core::{AnyEvent, Event, Registry, Subscription, args, scopes::WithRegistry};

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

#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);
impl Journal {
    fn note(&self, s: impl Into<String>) {
        self.0.lock().unwrap().push(s.into());
    }
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

#[derive(Clone, Default)]
struct Gate(Arc<Mutex<(bool, Vec<Waker>)>>);
impl Gate {
    fn open(&self) {
        let wakers = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
    fn wait(&self) -> impl Future<Output = ()> + Send + use<> {
        let gate = self.clone();
        poll_fn(move |context| {
            let mut state = gate.0.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
    }
}

#[derive(Event, Clone, Debug)]
struct A(u32);
#[derive(Event, Clone, Debug)]
struct B(u32);

#[test]
fn subscribing_and_dropping_inside_a_handler_of_a_stale_plan() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let (inner, j) = (registry.clone(), journal.clone());
    let first: Arc<Mutex<Option<Subscription>>> = Arc::default();
    let slot = Arc::clone(&first);
    *first.lock().unwrap() = Some(registry.on(move |a: &A| {
        j.note(format!("first {}", a.0));
        let j2 = j.clone();
        inner.on(move |a: &A| j2.note(format!("added {}", a.0))).detach();
        drop(slot.lock().unwrap().take());
        if a.0 > 0 {
            inner.emit(A(a.0 - 1));
        }
        let j3 = j.clone();
        inner.subscribe(move |a: &A| j3.note(format!("high {}", a.0))).priority(9).register().unwrap().detach();
    }));
    let j = journal.clone();
    registry.on(move |a: &A| j.note(format!("last {}", a.0))).detach();
    registry.emit(A(1));
    registry.emit(A(7));
    assert_eq!(journal.take(), ["first 1", "last 0", "added 0", "last 1", "high 7", "last 7", "added 7"]);
}

#[test]
fn the_registry_is_dropped_inside_a_handler() {
    thread_local! { static SCOPE: std::cell::RefCell<Option<events_core::scopes::Entered>> = const { std::cell::RefCell::new(None) }; }
    assert!(ends(|| {
        let registry = Registry::new();
        let alive = Arc::new(());
        let held = Arc::clone(&alive);
        registry
            .on(move |_: &A| {
                let _held = &held;
                drop(SCOPE.take());
            })
            .detach();
        registry.on_async(|_: &A| async {}).detach();
        SCOPE.set(Some(registry.enter()));
        drop(registry);
        A(1).emit();
        assert_eq!(Arc::strong_count(&alive), 1);
    }));
}

#[test]
fn a_flush_in_a_flush_in_an_async_job() {
    assert!(ends(|| {
        let (one, two, journal) = (Registry::new(), Registry::new(), Journal::default());
        let (inner, j) = (two.clone(), journal.clone());
        one.on_async(move |a: &A| {
            let (inner, j, n) = (inner.clone(), j.clone(), a.0);
            async move {
                inner.enqueue(B(n)).unwrap();
                let flushed = inner.queue().flush_async().await;
                j.note(format!("{n}: {}", flushed.ran()));
            }
        })
        .detach();
        let (outer, j) = (one.clone(), journal.clone());
        two.on_async(move |b: &B| {
            let (outer, j, n) = (outer.clone(), j.clone(), b.0);
            async move {
                if n > 0 {
                    outer.enqueue(A(n - 1)).unwrap();
                }
                let flushed = outer.queue().flush_async().await;
                j.note(format!("b{n}: {} left {}", flushed.ran(), flushed.left()));
                let flushed = outer.queue().flush();
                j.note(format!("b{n}: {} left {}", flushed.ran(), flushed.left()));
            }
        })
        .detach();
        one.enqueue(A(2)).unwrap();
        let flushed = one.queue().flush();
        assert_eq!((flushed.ran(), flushed.left()), (3, 0), "{:?}", journal.take());
    }));
}

#[test]
fn once_after_concurrency_and_unsubscribing_while_waiting() {
    let (registry, journal, gate) = (Registry::new(), Journal::default(), Gate::default());
    let (j, g) = (journal.clone(), gate.clone());
    let first = registry
        .subscribe_async(move |a: &A| {
            let (j, g, n) = (j.clone(), g.clone(), a.0);
            async move {
                j.note(format!("start {n}"));
                g.wait().await;
                j.note(format!("end {n}"));
            }
        })
        .id("first")
        .concurrency(1)
        .register()
        .unwrap();
    let j = journal.clone();
    let _second = registry
        .subscribe_async(move |a: &A| {
            let (j, n) = (j.clone(), a.0);
            async move { j.note(format!("second {n}")) }
        })
        .after("first")
        .once()
        .register()
        .unwrap();
    let mut emits: Vec<_> = (0..3).map(|n| Box::pin(registry.try_emit_async(A(n)))).collect();
    for emit in &mut emits {
        assert!(poll_once(emit).is_pending());
    }
    drop(first);
    gate.open();
    let results: Vec<_> = emits
        .iter_mut()
        .map(|emit| match poll_once(emit) {
            Poll::Ready(Ok(emitted)) => format!("{}", emitted.ran()),
            Poll::Ready(Err(error)) => error.to_string(),
            Poll::Pending => "pending".into(),
        })
        .collect();
    assert_eq!(journal.take(), ["start 0", "end 0", "second 0"]);
    assert_eq!(results, ["2", "0", "0"]);
}

#[test]
fn zero_time_outs() {
    assert!(ends(|| {
        let registry = Registry::new();
        registry.on(|_: &A| ()).detach();
        assert!(registry.queue().settle(Duration::ZERO));
        for n in 0..10 {
            registry.enqueue(A(n)).unwrap();
        }
        assert!(registry.queue().settle(Duration::ZERO));
        registry.enqueue(A(1)).unwrap();
        let unfinished = registry.queue().shutdown(Duration::ZERO);
        assert_eq!((unfinished.events.len(), unfinished.running), (1, 0));
        assert!(registry.queue().settle(Duration::ZERO));
        assert_eq!(registry.queue().flush().left(), 0);
    }));
}

#[test]
fn capacity_one_with_chains() {
    let (registry, count) = (Registry::new(), Arc::new(AtomicUsize::new(0)));
    registry.queue().set_capacity(0);
    assert_eq!(registry.queue().capacity(), 1);
    let (inner, c) = (registry.clone(), Arc::clone(&count));
    registry
        .on(move |a: &A| {
            c.fetch_add(1, Ordering::Relaxed);
            if a.0 > 0 {
                inner.enqueue(A(a.0 - 1)).unwrap();
                assert!(inner.enqueue(A(a.0 - 1)).is_err());
            }
        })
        .detach();
    registry.enqueue(A(100)).unwrap();
    assert_eq!(registry.queue().flush().ran(), 101);
}

/// A pattern subscription's stop waits for nothing when the topic's plan is only cached.
#[test]
fn stop_of_a_pattern_whose_plan_is_cached() {
    assert!(ends(|| {
        let registry = Registry::new();
        let sub = registry.on_topic("x.*", |_: &dyn AnyEvent| ()).unwrap();
        let other = registry.on_topic("x.*", |_: &dyn AnyEvent| ()).unwrap();
        for n in 0..3000 {
            registry.emit_topic(format!("x{n}"), args! {});
        }
        registry.emit(A(1));
        sub.stop();
        registry.emit_topic("x1", args! {});
        other.stop();
    }));
}

/// `stop` of a subscription whose handler is in a plan that another thread built meanwhile.
#[test]
fn stop_while_other_threads_emit_and_subscribe() {
    assert!(ends(|| {
        let registry = Registry::new();
        let is_over = Arc::new(AtomicBool::new(false));
        registry.queue().spawn_thread().detach();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let (registry, is_over) = (registry.clone(), Arc::clone(&is_over));
                thread::spawn(move || {
                    while !is_over.load(Ordering::Relaxed) {
                        registry.emit(A(1));
                        registry.emit_topic("topic", args! {});
                        let _ = poll_once(registry.emit_async(A(2)));
                    }
                })
            })
            .collect();
        registry.queue().set_capacity(16);
        for n in 0..400 {
            let alive = Arc::new(());
            let held = Arc::clone(&alive);
            let sub = match n % 4 {
                0 => registry.on(move |_: &A| _ = &held),
                1 => registry.on_async(move |_: &A| {
                    let held = Arc::clone(&held);
                    async move { _ = held }
                }),
                2 => registry.on_topic(".*", move |_: &dyn AnyEvent| _ = &held).unwrap(),
                _ => registry.subscribe(move |_: &A| _ = &held).once().register().unwrap(),
            };
            thread::yield_now();
            let watch = Arc::downgrade(&alive);
            let (sender, receiver) = mpsc::channel::<()>();
            let watching = thread::spawn(move || {
                if receiver.recv_timeout(Duration::from_secs(3)) == Err(mpsc::RecvTimeoutError::Timeout) {
                    eprintln!("{n}: stop hangs, {} owners", watch.strong_count());
                }
            });
            sub.stop();
            drop(sender);
            watching.join().unwrap();
            assert_eq!(Arc::strong_count(&alive), 1, "{n}");
        }
        is_over.store(true, Ordering::Relaxed);
        for thread in threads {
            thread.join().unwrap();
        }
    }));
}

/// A worker is stopped while the destructor of another worker's handler runs.
#[test]
fn the_stop_of_a_worker_does_not_wait_for_the_destructor_of_another() {
    assert!(ends(|| {
        let registry = Registry::new();
        struct Blocks(Registry);
        impl Drop for Blocks {
            fn drop(&mut self) {
                let registry = self.0.clone();
                // Another thread ends an idle worker, while this waits for it.
                let stops = thread::spawn(move || registry.queue().spawn_thread().stop());
                stops.join().unwrap();
            }
        }
        let inner = registry.clone();
        registry
            .on_async(move |_: &A| {
                let blocks = Blocks(inner.clone());
                async move {
                    let _blocks = blocks;
                    pending::<()>().await;
                }
            })
            .detach();
        registry.enqueue(A(1)).unwrap();
        let mut work = Box::pin(registry.queue().work(1));
        assert!(poll_once(&mut work).is_pending());
        drop(work);
    }));
}

/// The registry in a future that is dropped, and a scoped future.
#[test]
fn a_scoped_future_that_is_cancelled() {
    let registry = Registry::new();
    let journal = Journal::default();
    let j = journal.clone();
    registry.on(move |a: &A| j.note(format!("{}", a.0))).detach();
    struct Emits;
    impl Drop for Emits {
        fn drop(&mut self) {
            A(9).emit();
        }
    }
    let future = async {
        let _emits = Emits;
        pending::<()>().await;
    };
    let mut future: Pin<Box<dyn Future<Output = ()>>> = Box::pin(future.with_registry(registry));
    assert!(poll_once(&mut future).is_pending());
    drop(future);
    assert_eq!(journal.take(), ["9"]);
}
