//! Third hostile round: further suspicions.

use std::{
    future::{Future, pending, poll_fn},
    pin::{Pin, pin},
    sync::{
        Arc, Mutex, mpsc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    thread,
    time::Duration,
};

use events_core::{AnyEvent, Event, Registry, Subscription, args};

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

#[derive(Event, Clone, Debug)]
struct A(u32);
#[derive(Event, Clone, Debug)]
struct B(u32);

type Slot = Arc<Mutex<Option<Subscription>>>;

/// Something whose drop runs a closure.
struct OnDrop<F: FnMut() + Send>(F);
impl<F: FnMut() + Send> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn stopping(slot: &Slot) -> impl FnMut() + Send + Sync + 'static {
    let slot = Arc::clone(slot);
    move || {
        let taken = slot.lock().unwrap().take();
        if let Some(subscription) = taken {
            subscription.stop();
        }
    }
}

/// A waker that stops a subscription; the wakers of emits are called by handlers, but also dropped.
struct DropsWaker(Mutex<Box<dyn FnMut() + Send>>);
impl Wake for DropsWaker {
    fn wake(self: Arc<Self>) {}
}
impl Drop for DropsWaker {
    fn drop(&mut self) {
        (self.0.get_mut().unwrap())();
    }
}

/// The event of an enqueue that the full queue rejects; the event of a snapshot; values of `args!`: their destructors
/// stop a handler.
#[derive(Event, Clone)]
struct Carries(#[allow(dead_code)] Arc<Mutex<OnDrop<Box<dyn FnMut() + Send>>>>);

fn carries(slot: &Slot) -> Carries {
    let mut stop = stopping(slot);
    Carries(Arc::new(Mutex::new(OnDrop(Box::new(move || stop())))))
}

#[test]
fn an_event_that_stops_its_handler_when_its_emit_drops_it() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        *slot.lock().unwrap() = Some(registry.on_async(|_: &Carries| pending::<()>()));
        let mut emit = Box::pin(registry.emit_async(carries(&slot)));
        assert!(poll_once(&mut emit).is_pending());
        drop(emit);
    }));
}

#[test]
fn a_queued_snapshot_that_stops_its_handler_when_the_registry_is_dropped() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        *slot.lock().unwrap() = Some(registry.on_async(|_: &Carries| pending::<()>()));
        drop(registry.emit(carries(&slot)));
        drop(registry);
    }));
}

#[test]
fn a_queued_snapshot_that_stops_its_handler_when_a_shutdown_returns_it() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        *slot.lock().unwrap() = Some(registry.on_async(|_: &Carries| pending::<()>()));
        drop(registry.emit(carries(&slot)));
        drop(registry.queue().shutdown(Duration::ZERO));
    }));
}

/// The topic's plan belongs to the emit while the arguments' destructors run? The arguments are returned.
#[test]
fn args_that_stop_a_handler() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        *slot.lock().unwrap() = Some(registry.on_topic(".*", |_: &dyn AnyEvent| ()).unwrap());
        let mut stop = stopping(&slot);
        let value: OnDrop<Box<dyn FnMut() + Send>> = OnDrop(Box::new(move || stop()));
        let value = Mutex::new(value);
        registry.emit_topic("topic", args! { value: value });
    }));
}

/// The errors of `emit_topic` are logged where the plan is not owned any more.
struct Runs(Mutex<Option<Box<dyn FnMut() + Send>>>);
impl Drop for Runs {
    fn drop(&mut self) {
        if let Some(mut f) = self.0.get_mut().unwrap().take() {
            f();
        }
    }
}
impl std::fmt::Debug for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runs")
    }
}
impl std::fmt::Display for Runs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Runs")
    }
}
impl std::error::Error for Runs {}

#[test]
fn an_error_of_a_topic_handler_that_stops_another() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        let s = Arc::clone(&slot);
        registry
            .on_topic(".*", move |_: &dyn AnyEvent| -> Result<(), Runs> {
                Err(Runs(Mutex::new(Some(Box::new(stopping(&s))))))
            })
            .unwrap()
            .detach();
        *slot.lock().unwrap() = Some(registry.on_topic(".*", |_: &dyn AnyEvent| ()).unwrap());
        registry.emit_topic("topic", args! {});
        assert!(slot.lock().unwrap().is_none());
    }));
}

/// A deferred handler runs in the drop of an async emit, on a full queue.
#[test]
fn the_error_of_a_deferred_handler_that_runs_in_the_drop_of_an_emit() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        registry.queue().set_capacity(1);
        registry.enqueue(B(1)).unwrap();
        let s = Arc::clone(&slot);
        *slot.lock().unwrap() = Some(
            registry.subscribe_async(|_: &A| pending::<()>()).id("slow").register().unwrap(),
        );
        let last = registry.subscribe_deferred(|_: &A| ()).id("last").register().unwrap();
        registry
            .subscribe_deferred(move |_: &A| -> Result<(), Runs> {
                Err(Runs(Mutex::new(Some(Box::new(stopping(&s))))))
            })
            .after("last")
            .register()
            .unwrap()
            .detach();
        registry.subscribe_deferred(|_: &A| ()).after("slow").after("last").register().unwrap().detach();
        let mut emit = Box::pin(registry.emit_async(A(1)));
        assert!(poll_once(&mut emit).is_pending());
        drop(emit);
        assert!(slot.lock().unwrap().is_none());
        drop(last);
    }));
}

/// The drop of the waker that a waiting call has stored.
#[test]
fn the_waker_of_a_waiting_call_that_stops_the_handler() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        *slot.lock().unwrap() = Some(
            registry.subscribe_async(|_: &A| pending::<()>()).concurrency(1).register().unwrap(),
        );
        let first = &mut Box::pin(registry.emit_async(A(1)));
        assert!(poll_once(&mut *first).is_pending());
        let mut second = Box::pin(registry.emit_async(A(1)));
        let waker = Waker::from(Arc::new(DropsWaker(Mutex::new(Box::new(stopping(&slot))))));
        assert!(second.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        drop(second);
        assert!(slot.lock().unwrap().is_none());
    }));
}

/// A worker's waker that is dropped, and a settle's.
#[test]
fn the_waker_of_a_worker_that_shuts_down_when_it_is_dropped() {
    assert!(ends(|| {
        let registry = Registry::new();
        registry.on_async(|_: &A| pending::<()>()).detach();
        registry.enqueue(A(1)).unwrap();
        let inner = registry.clone();
        let shuts_down = move || drop(inner.queue().shutdown(Duration::MAX));
        let waker = Waker::from(Arc::new(DropsWaker(Mutex::new(Box::new(shuts_down)))));
        let mut work = Box::pin(registry.queue().work(2));
        assert!(work.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        drop(work);
    }));
}

/// The same, while it is polled with another waker.
#[test]
fn the_waker_of_a_worker_that_settles_when_it_is_replaced() {
    assert!(ends(|| {
        let registry = Registry::new();
        registry.on(|_: &A| ()).detach();
        let inner = registry.clone();
        let settles = move || _ = inner.queue().settle(Duration::MAX);
        let waker = Waker::from(Arc::new(DropsWaker(Mutex::new(Box::new(settles)))));
        let mut work = Box::pin(registry.queue().work(2));
        assert!(work.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
        drop(waker);
        registry.enqueue(A(1)).unwrap();
        assert!(poll_once(&mut work).is_pending());
    }));
}

struct Gate(Mutex<(bool, Vec<Waker>)>);
impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::new((false, Vec::new()))))
    }
    fn open(&self) {
        let wakers = {
            let mut state = self.0.lock().unwrap();
            state.0 = true;
            std::mem::take(&mut state.1)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
    fn wait(self: &Arc<Self>) -> impl Future<Output = ()> + Send + use<> {
        let gate = Arc::clone(self);
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

/// A shutdown that is polled once inside a handler of its queue, and then outside.
#[test]
fn a_shutdown_that_is_polled_inside_and_then_outside() {
    let (registry, gate) = (Registry::new(), Gate::new());
    let g = Arc::clone(&gate);
    registry.on_async(move |_: &A| g.wait()).detach();
    for n in 0..3 {
        registry.enqueue(A(n)).unwrap();
    }
    let mut shutdown = Box::pin(registry.queue().shutdown_async(pending::<()>()));
    assert!(poll_once(&mut shutdown).is_pending());
    gate.open();
    let Poll::Ready(unfinished) = poll_once(&mut shutdown) else {
        // One start a poll.
        for _ in 0..10 {
            if let Poll::Ready(unfinished) = poll_once(&mut shutdown) {
                assert!(unfinished.is_empty());
                return;
            }
        }
        panic!("pending");
    };
    assert!(unfinished.is_empty());
}

/// Three drivers during a shutdown: all end when the last event ends, whichever ends it.
#[test]
fn workers_of_a_queue_that_drains_end_when_a_flush_ends_the_last_event() {
    struct Counts(AtomicUsize);
    impl Wake for Counts {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let (registry, gate) = (Registry::new(), Gate::new());
    let g = Arc::clone(&gate);
    registry.on_async(move |_: &A| g.wait()).detach();
    registry.enqueue(A(1)).unwrap();
    let mut flush = Box::pin(registry.queue().flush_async());
    assert!(poll_once(&mut flush).is_pending());
    let wakes = Arc::new(Counts(AtomicUsize::new(0)));
    let waker = Waker::from(Arc::clone(&wakes));
    let mut works: Vec<_> = (0..2).map(|_| Box::pin(registry.queue().work(1))).collect();
    for work in &mut works {
        assert!(work.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    let mut shutdown = Box::pin(registry.queue().shutdown_async(pending::<()>()));
    assert!(shutdown.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    for work in &mut works {
        assert!(work.as_mut().poll(&mut Context::from_waker(&waker)).is_pending());
    }
    wakes.0.store(0, Ordering::Relaxed);
    gate.open();
    assert!(poll_once(&mut flush).is_ready());
    drop(flush);
    assert!(wakes.0.load(Ordering::Relaxed) >= 2, "{}", wakes.0.load(Ordering::Relaxed));
    for work in &mut works {
        assert!(work.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
    }
    assert!(shutdown.as_mut().poll(&mut Context::from_waker(&waker)).is_ready());
}

/// Two flushes of two threads with an endless chain are both cut off.
#[test]
fn two_flushes_with_an_endless_chain_are_cut_off() {
    assert!(ends(|| {
        let registry = Registry::new();
        let inner = registry.clone();
        registry.on(move |_: &A| inner.enqueue(A(0)).unwrap()).detach();
        registry.enqueue(A(0)).unwrap();
        registry.enqueue(A(0)).unwrap();
        let threads: Vec<_> = (0..2)
            .map(|_| {
                let registry = registry.clone();
                thread::spawn(move || registry.queue().flush().left())
            })
            .collect();
        for thread in threads {
            assert!(thread.join().unwrap() <= 2);
        }
    }));
}

/// An endless chain through async jobs that are suspended is cut off as well.
#[test]
fn a_chain_of_suspended_events_is_cut_off() {
    assert!(ends(|| {
        let registry = Registry::new();
        let inner = registry.clone();
        registry
            .on_async(move |_: &A| {
                let inner = inner.clone();
                let mut polled = false;
                poll_fn(move |context| {
                    if polled {
                        inner.enqueue(A(0)).unwrap();
                        return Poll::Ready(());
                    }
                    polled = true;
                    context.waker().wake_by_ref();
                    Poll::Pending
                })
            })
            .detach();
        registry.enqueue(A(0)).unwrap();
        assert_eq!(registry.queue().flush().left(), 1);
    }));
}

/// A worker's suspended event goes on while the queue has events that another driver runs.
#[test]
fn a_snapshot_whose_only_handler_is_closed_in_the_queue_is_reported() {
    let registry = Registry::new();
    let unheard = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&unheard);
    registry.set_unheard_hook(move |_| _ = count.fetch_add(1, Ordering::Relaxed));
    let subscription = registry.on_async(|_: &A| async {});
    registry.emit(A(1));
    drop(subscription);
    registry.queue().flush();
    assert_eq!(unheard.load(Ordering::Relaxed), 0, "an emit has counted it as deferred");
}

/// Handlers of an event with a background plan, whose sync handler unsubscribes a waiting one.
#[test]
fn a_handler_that_is_closed_between_the_emit_and_its_start_is_not_started() {
    let registry = Registry::new();
    let started = Arc::new(AtomicBool::new(false));
    let slot = Slot::default();
    let s = Arc::clone(&slot);
    registry.subscribe_async(move |_: &A| {
        drop(s.lock().unwrap().take());
        async {}
    }).id("first").register().unwrap().detach();
    let flag = Arc::clone(&started);
    *slot.lock().unwrap() = Some(
        registry
            .subscribe_async(move |_: &A| {
                flag.store(true, Ordering::Relaxed);
                async {}
            })
            .after("first")
            .register()
            .unwrap(),
    );
    let emitted = poll_once(registry.try_emit_async(A(1)));
    let Poll::Ready(Ok(emitted)) = emitted else { panic!() };
    assert_eq!((emitted.ran(), started.load(Ordering::Relaxed)), (1, false));
}

/// The `when` of a handler is evaluated once for each emit, even if the handler waits for another.
#[test]
fn a_condition_of_a_waiting_handler_is_evaluated_once() {
    let (registry, gate) = (Registry::new(), Gate::new());
    let g = Arc::clone(&gate);
    registry.subscribe_async(move |_: &A| g.wait()).id("first").register().unwrap().detach();
    let count = Arc::new(AtomicUsize::new(0));
    let counts = Arc::clone(&count);
    registry
        .subscribe_async(|_: &A| async {})
        .after("first")
        .when(move |_: &A| counts.fetch_add(1, Ordering::Relaxed) == 0)
        .register()
        .unwrap()
        .detach();
    let mut emit: Pin<Box<_>> = Box::pin(registry.try_emit_async(A(1)));
    for _ in 0..3 {
        assert!(poll_once(&mut emit).is_pending());
    }
    gate.open();
    let Poll::Ready(Ok(emitted)) = poll_once(&mut emit) else { panic!() };
    assert_eq!((emitted.ran(), count.load(Ordering::Relaxed)), (2, 1));
}

/// A hook that removes itself: it is dropped where the emit still owns the plan.
fn hook_that_is_dropped_by_itself(emit: fn(&Registry)) -> bool {
    ends(move || {
        let (registry, slot) = (Registry::new(), Slot::default());
        *slot.lock().unwrap() = Some(
            registry
                .subscribe_topic(".*", |_: &dyn AnyEvent| ())
                .unwrap()
                .when(|_: &dyn AnyEvent| false)
                .register()
                .unwrap(),
        );
        let on_drop = Mutex::new(OnDrop(stopping(&slot)));
        let inner = registry.clone();
        registry.set_unheard_hook(move |_| {
            let _on_drop = &on_drop;
            inner.clear_unheard_hook();
        });
        emit(&registry);
        assert!(slot.lock().unwrap().is_none(), "the hook was dropped");
    })
}

#[test]
fn a_hook_that_removes_itself_and_stops_a_handler_of_the_topic() {
    assert!(hook_that_is_dropped_by_itself(|registry| _ = registry.emit_topic("topic", args! {})));
}

#[test]
fn a_hook_that_removes_itself_and_stops_a_handler_of_the_event() {
    assert!(hook_that_is_dropped_by_itself(|registry| _ = registry.emit(A(1))));
}

#[test]
fn a_hook_that_removes_itself_and_stops_a_handler_of_an_async_emit() {
    assert!(hook_that_is_dropped_by_itself(|registry| _ = poll_once(registry.emit_async(A(1)))));
}

/// The async emit was pending, so that its future owns the plan; its only handler is closed then.
#[test]
fn a_hook_that_removes_itself_and_stops_a_handler_of_an_async_emit_that_was_pending() {
    assert!(ends(|| {
        let (registry, slot) = (Registry::new(), Slot::default());
        let limited = registry
            .subscribe_async(|_: &A| pending::<()>())
            .concurrency(1)
            .register()
            .unwrap();
        *slot.lock().unwrap() = Some(
            registry.subscribe_async(|_: &A| async {}).when(|_: &A| false).register().unwrap(),
        );
        let mut first = Box::pin(registry.emit_async(A(1)));
        assert!(poll_once(&mut first).is_pending());
        let mut second = Box::pin(registry.emit_async(A(1)));
        assert!(poll_once(&mut second).is_pending());
        drop(limited);
        drop(first);
        let on_drop = Mutex::new(OnDrop(stopping(&slot)));
        let inner = registry.clone();
        registry.set_unheard_hook(move |_| {
            let _on_drop = &on_drop;
            inner.clear_unheard_hook();
        });
        assert!(poll_once(&mut second).is_ready());
        assert!(slot.lock().unwrap().is_none(), "the hook was dropped");
    }));
}
