//! Section 8: `settle`, which waits until a queue is empty and no event of it is running.

use std::{
    future::pending,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use events_core::{Event, Registry, queues::Worker};

use super::LONG;
use crate::block_on;

#[derive(Event, Clone)]
struct Step(u32);

/// Subscribes a handler that enqueues the next step. Returns the count of the steps that ran.
fn steps(registry: &Registry) -> Arc<AtomicU32> {
    let ran = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&ran);
    let step = move |event: &Step| {
        thread::yield_now();
        count.fetch_add(1, Ordering::Relaxed);
        if event.0 > 0 {
            Step(event.0 - 1).enqueue().expect("the queue has room");
        }
    };
    registry.on(step).detach();
    ran
}

fn step(registry: &Registry, number: u32) {
    registry.enqueue(Step(number)).expect("the queue has room");
}

#[test]
fn without_a_worker_settle_flushes_the_queue() {
    let registry = Registry::new();
    let ran = steps(&registry);
    assert!(registry.queue().settle(LONG));
    step(&registry, 9);
    assert!(registry.queue().settle(LONG));
    assert_eq!(ran.load(Ordering::Relaxed), 10);
}

#[test]
fn settle_waits_for_running_events_and_for_the_events_that_they_enqueue() {
    for workers in [1, 3] {
        for _ in 0..100 {
            let registry = Registry::new();
            let ran = steps(&registry);
            let workers = (0..workers).map(|_| registry.queue().spawn_thread());
            let workers: Vec<_> = workers.collect();
            step(&registry, 9);
            step(&registry, 9);
            assert!(registry.queue().settle(LONG));
            assert_eq!(ran.load(Ordering::Relaxed), 20);
            workers.into_iter().for_each(Worker::stop);
        }
    }
}

#[test]
fn settle_waits_for_pending_async_handlers() {
    let registry = Registry::new();
    let (go, gate) = smol::channel::bounded::<()>(1);
    let ran = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&ran);
    let handler = move |_: &Step| {
        let (gate, count) = (gate.clone(), Arc::clone(&count));
        async move {
            gate.recv().await.expect("the sender exists");
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    registry.on_async(handler).detach();
    let worker = registry.queue().spawn_thread();
    step(&registry, 0);
    let opener = thread::spawn(move || go.send_blocking(()).expect("the receiver exists"));
    assert!(registry.queue().settle(LONG));
    assert_eq!(ran.load(Ordering::Relaxed), 1);
    opener.join().expect("the thread does not panic");
    worker.stop();
}

#[test]
fn settle_does_not_wait_for_events_that_a_shutdown_took_from_a_worker() {
    let registry = Registry::new();
    let (begin, begun) = mpsc::channel();
    let handler = move |_: &Step| {
        begin.send(()).expect("the receiver exists");
        pending::<()>()
    };
    registry.on_async(handler).detach();
    let worker = registry.queue().spawn_thread();
    step(&registry, 0);
    begun.recv().expect("the worker has begun it");
    let queue = registry.queue();
    let settler = thread::spawn(move || queue.settle(LONG));
    // The handler may not have reached its await yet.
    let left = registry.queue().shutdown(Duration::ZERO);
    assert_eq!(left.events.len() + left.running, 1);
    assert!(settler.join().expect("the thread does not panic"));
    worker.stop();
}

#[test]
fn settle_returns_false_after_its_timeout() {
    let registry = Registry::new();
    registry.on_async(|_: &Step| pending::<()>()).detach();
    registry.queue().spawn_thread().detach();
    step(&registry, 0);
    assert!(!registry.queue().settle(Duration::from_millis(1)));
    let left = registry.queue().shutdown(Duration::ZERO);
    assert_eq!(left.events.len() + left.running, 1);
}

#[test]
fn settle_inside_a_queued_event_returns_at_once() {
    let registry = Registry::new();
    let (queue, settled) = (registry.queue(), Arc::new(Mutex::new(None)));
    let result = Arc::clone(&settled);
    let settle = move |_: &Step| {
        *result.lock().expect("the lock is not poisoned") = Some(queue.settle(LONG));
    };
    registry.on(settle).detach();
    step(&registry, 0);
    assert!(registry.queue().settle(LONG));
    assert_eq!(
        *settled.lock().expect("the lock is not poisoned"),
        Some(false)
    );
}

#[test]
fn settle_returns_false_for_an_endless_chain_of_events() {
    let registry = Registry::new();
    let again = |event: &Step| Step(event.0).enqueue().map_err(|full| full.to_string());
    registry.on(again).detach();
    step(&registry, 0);
    assert!(!registry.queue().settle(LONG));
}

#[test]
fn settle_async_lets_workers_on_the_same_thread_run() {
    let registry = Registry::new();
    let ran = steps(&registry);
    let executor = smol::LocalExecutor::new();
    let worker = executor.spawn(registry.queue().work(2));
    step(&registry, 9);
    block_on(executor.run(async {
        smol::future::yield_now().await;
        assert!(registry.queue().settle_async().await);
    }));
    assert_eq!(ran.load(Ordering::Relaxed), 10);
    drop(worker);
}
