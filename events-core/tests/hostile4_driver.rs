//! Fourth hostile round: workers, flushes and settles that are polled where no emit may be nested.
#![allow(missing_docs)]

use std::{
    future::Future,
    pin::Pin,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
};

use events_core::{Event, Registry};

#[derive(Default)]
struct Count(AtomicUsize);
impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}
impl Count {
    fn take(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

fn poll(task: &mut Task, waker: &Waker) -> Poll<()> {
    task.as_mut().poll(&mut Context::from_waker(waker))
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
        std::future::poll_fn(move |context| {
            let mut state = gate.0.lock().unwrap();
            if state.0 {
                return Poll::Ready(());
            }
            state.1.push(context.waker().clone());
            Poll::Pending
        })
    }
}

#[derive(Event, Clone)]
struct Slow;
#[derive(Event, Clone)]
struct Quick;
#[derive(Event)]
struct Nested(usize);

/// Calls `f` inside `depth` emits of another registry.
fn at_depth(depth: usize, f: impl Fn() + Send + Sync + 'static) {
    let registry = Registry::new();
    registry.set_depth_limit(256);
    let inner = registry.clone();
    let subscription = registry.on(move |event: &Nested| {
        if event.0 == 1 {
            f();
        } else {
            inner.emit(Nested(event.0 - 1));
        }
    });
    registry.emit(Nested(depth));
    drop(subscription);
}

/// A waker that calls a function when it is dropped: it stands for another thread that does so at that moment.
struct OnDrop<F: Fn()>(F);
impl<F: Fn() + Send + Sync + 'static> Wake for OnDrop<F> {
    fn wake(self: Arc<Self>) {}
}
impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// An event is enqueued by another thread while an idle worker is polled where it may start none.
fn pushed_while_polled(limit: usize, depth: usize) -> (usize, usize) {
    let registry = Registry::new();
    registry.set_depth_limit(limit);
    let ran = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&ran);
    registry.on(move |_: &Quick| _ = count.fetch_add(1, Ordering::SeqCst)).detach();
    let mut task: Task = Box::pin(registry.queue().work(1));
    let pushes = registry.clone();
    let push = move || {
        let pushes = pushes.clone();
        let push = move || pushes.enqueue(Quick).expect("there is room");
        std::thread::spawn(push).join().unwrap();
    };
    assert!(poll(&mut task, &Waker::from(Arc::new(OnDrop(push)))).is_pending());
    let task = Arc::new(Mutex::new(task));
    let polled = Arc::clone(&task);
    at_depth(depth, move || {
        assert!(poll(&mut polled.lock().unwrap(), Waker::noop()).is_pending());
    });
    (ran.load(Ordering::SeqCst), registry.queue().len())
}

#[test]
fn a_worker_at_the_highest_limit_does_not_lose_an_event_that_is_pushed_meanwhile() {
    let (ran, queued) = pushed_while_polled(256, 256);
    assert_eq!(ran + queued, 1, "the event is lost");
}

#[test]
fn a_worker_at_the_depth_limit_does_not_start_an_event_that_is_pushed_meanwhile() {
    assert_eq!(pushed_while_polled(8, 8), (0, 1));
}

/// An event in progress is resumed where no further one may be started, and enqueues one.
#[test]
fn a_settle_is_woken_when_a_worker_has_ended_its_event_and_leaves_another_in_the_queue() {
    let registry = Registry::new();
    registry.set_depth_limit(8);
    let gate = Gate::default();
    let (inner, waits) = (registry.clone(), gate.clone());
    registry
        .on_async(move |_: &Slow| {
            let (inner, open) = (inner.clone(), waits.wait());
            async move {
                open.await;
                inner.enqueue(Quick).expect("there is room");
            }
        })
        .detach();
    let ran = Arc::new(AtomicBool::new(false));
    let runs = Arc::clone(&ran);
    registry.on(move |_: &Quick| runs.store(true, Ordering::SeqCst)).detach();

    let task: Arc<Mutex<Task>> = Arc::new(Mutex::new(Box::pin(registry.queue().work(1))));
    registry.enqueue(Slow).expect("there is room");
    assert!(poll(&mut task.lock().unwrap(), Waker::noop()).is_pending());

    let queue = registry.queue();
    let mut settle: Task = Box::pin(async move { assert!(queue.settle_async().await) });
    let settle_wakes = Arc::new(Count::default());
    let settle_waker = Waker::from(Arc::clone(&settle_wakes));
    assert!(poll(&mut settle, &settle_waker).is_pending());

    gate.open();
    let worker_wakes = Arc::new(Count::default());
    let (polled, waker) = (Arc::clone(&task), Waker::from(Arc::clone(&worker_wakes)));
    at_depth(8, move || {
        assert!(poll(&mut polled.lock().unwrap(), &waker).is_pending());
    });
    assert_eq!(registry.queue().len(), 1);
    assert!(!ran.load(Ordering::SeqCst));
    assert!(
        settle_wakes.take() + worker_wakes.take() > 0,
        "neither the settle nor the worker is woken: the event stays in the queue"
    );
}

/// A worker whose first poll is inside an event waits for the events of others.
#[test]
fn a_worker_that_begins_inside_an_event_waits_for_that_of_another_worker() {
    let registry = Registry::new();
    let gate = Gate::default();
    let waits = gate.clone();
    registry.on_async(move |_: &Slow| waits.wait()).detach();
    let mut other: Task = Box::pin(registry.queue().work(1));
    registry.enqueue(Slow).expect("there is room");
    assert!(poll(&mut other, Waker::noop()).is_pending());

    let ended = Arc::new(AtomicBool::new(false));
    let (inner, ends) = (registry.clone(), Arc::clone(&ended));
    registry
        .on(move |_: &Quick| {
            _ = inner.queue().shutdown(std::time::Duration::MAX); // begins it
            let mut task: Task = Box::pin(inner.queue().work(1));
            ends.store(poll(&mut task, Waker::noop()).is_ready(), Ordering::SeqCst);
        })
        .detach();
    registry.enqueue(Quick).expect("there is room");
    let queue = registry.queue();
    let mut flush: Task = Box::pin(async move { _ = queue.flush_async().await });
    assert!(poll(&mut flush, Waker::noop()).is_ready());
    assert!(!ended.load(Ordering::SeqCst), "it has ended, though another worker has an event in progress");
    gate.open();
    assert!(poll(&mut other, Waker::noop()).is_ready());
}
