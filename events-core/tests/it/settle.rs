//! Section 8: waiting until nothing waits in a queue and nothing is under way.

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

use crate::block_on;

#[derive(Event, Clone)]
struct Step(u32);

/// Long enough for anything that is going to end.
const LONG: Duration = Duration::from_secs(60);

/// Each step but the last enqueues the next one. How many ran is counted.
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
fn without_a_worker_it_is_a_flush() {
    let registry = Registry::new();
    let ran = steps(&registry);
    assert!(registry.queue().settle(LONG));
    step(&registry, 9);
    assert!(registry.queue().settle(LONG));
    assert_eq!(ran.load(Ordering::Relaxed), 10);
}

#[test]
fn it_waits_for_what_workers_are_in_the_middle_of_and_for_what_that_enqueues() {
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
fn an_async_subscriber_that_waits_is_waited_for() {
    let registry = Registry::new();
    let (go, gate) = smol::channel::bounded::<()>(1);
    let ran = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&ran);
    let waits = move |_: &Step| {
        let (gate, count) = (gate.clone(), Arc::clone(&count));
        async move {
            gate.recv().await.expect("the test goes on");
            count.fetch_add(1, Ordering::Relaxed);
        }
    };
    registry.on_async(waits).detach();
    let worker = registry.queue().spawn_thread();
    step(&registry, 0);
    let goes = thread::spawn(move || go.send_blocking(()).expect("somebody waits"));
    assert!(registry.queue().settle(LONG));
    assert_eq!(ran.load(Ordering::Relaxed), 1);
    goes.join().expect("nobody panics");
    worker.stop();
}

#[test]
fn a_worker_that_goes_is_not_waited_for() {
    let registry = Registry::new();
    let (begin, begun) = mpsc::channel();
    let waits = move |_: &Step| {
        begin.send(()).expect("the test waits");
        pending::<()>()
    };
    registry.on_async(waits).detach();
    let worker = registry.queue().spawn_thread();
    step(&registry, 0);
    begun.recv().expect("the worker has begun it");
    let queue = registry.queue();
    let settles = thread::spawn(move || queue.settle(LONG));
    // The subscriber may still be on its way to where it waits.
    let left = registry.queue().shutdown(Duration::ZERO);
    assert_eq!(left.events.len() + left.running, 1);
    assert!(settles.join().expect("nobody panics"));
    worker.stop();
}

#[test]
fn it_says_when_the_time_is_over() {
    let registry = Registry::new();
    registry.on_async(|_: &Step| pending::<()>()).detach();
    registry.queue().spawn_thread().detach();
    step(&registry, 0);
    assert!(!registry.queue().settle(Duration::from_millis(1)));
    let left = registry.queue().shutdown(Duration::ZERO);
    assert_eq!(left.events.len() + left.running, 1);
}

#[test]
fn inside_something_that_the_queue_runs_it_returns_at_once() {
    let registry = Registry::new();
    let (queue, settled) = (registry.queue(), Arc::new(Mutex::new(None)));
    let told = Arc::clone(&settled);
    let settle = move |_: &Step| {
        *told.lock().expect("nobody panics") = Some(queue.settle(LONG));
    };
    registry.on(settle).detach();
    step(&registry, 0);
    assert!(registry.queue().settle(LONG));
    assert_eq!(*settled.lock().expect("nobody panics"), Some(false));
}

#[test]
fn a_chain_without_an_end_is_told() {
    let registry = Registry::new();
    let again = |event: &Step| Step(event.0).enqueue().map_err(|full| full.to_string());
    registry.on(again).detach();
    step(&registry, 0);
    assert!(!registry.queue().settle(LONG));
}

#[test]
fn in_async_code_the_workers_of_the_same_thread_go_on() {
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
