//! Waiting until the queue is empty and its workers are through.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
        mpsc,
    },
    thread,
};

use events_core::Event;
use events_testing::{EventMock, current};

#[derive(Event, Clone)]
#[event(topic = "settled.step")]
struct Step(u32);

/// Each step but the last enqueues the next one.
fn steps(events: &events_testing::Events) -> Arc<AtomicU32> {
    let ran = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&ran);
    let step = move |event: &Step| {
        thread::yield_now();
        count.fetch_add(1, Ordering::Relaxed);
        if event.0 > 0 {
            Step(event.0 - 1).enqueue().expect("the queue has room");
        }
    };
    events.registry().on(step).detach();
    ran
}

#[test]
fn without_a_worker_it_flushes() {
    let events = EventMock::empty();
    let ran = steps(&events);
    events.settle(); // nothing waits
    Step(9).enqueue().expect("the queue has room");
    events.settle();
    assert_eq!(ran.load(Ordering::Relaxed), 10);
    events.assert_emitted::<Step>().times(10);
}

#[test]
fn with_workers_it_waits_for_what_they_are_in_the_middle_of() {
    for _ in 0..100 {
        let events = EventMock::empty();
        let ran = steps(&events);
        let workers = [(); 2].map(|()| events.registry().queue().spawn_thread());
        Step(9).enqueue().expect("the queue has room");
        Step(9).enqueue().expect("the queue has room");
        events.settle();
        assert_eq!(ran.load(Ordering::Relaxed), 20);
        workers.into_iter().for_each(events_core::Worker::stop);
    }
}

#[test]
fn a_worker_that_is_held_up_is_waited_for() {
    let events = EventMock::empty();
    let (go, gate) = mpsc::channel::<()>();
    let (begin, begun) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let done = Arc::new(AtomicU32::new(0));
    let count = Arc::clone(&done);
    let held = move |_: &Step| {
        begin.send(()).expect("the test waits");
        gate.lock()
            .expect("nobody panics")
            .recv()
            .expect("the test goes on");
        count.fetch_add(1, Ordering::Relaxed);
    };
    events.registry().on(held).detach();
    let worker = events.registry().queue().spawn_thread();
    Step(0).enqueue().expect("the queue has room");
    begun.recv().expect("the worker has begun it");
    assert!(events.registry().queue().is_empty());

    let releases = thread::spawn(move || go.send(()).expect("the worker waits"));
    events.settle();
    assert_eq!(done.load(Ordering::Relaxed), 1);
    releases.join().expect("nobody panics");
    worker.stop();
}

#[events_testing::test(empty)]
async fn with_a_worker_on_the_same_thread() {
    let events = current();
    let ran = steps(&events);
    let queue = events.registry().queue();
    let worker = tokio::spawn(queue.work(2));
    for _ in 0..3 {
        Step(9).enqueue().expect("the queue has room");
        tokio::task::yield_now().await;
    }
    events.settle_async().await;
    assert_eq!(ran.load(Ordering::Relaxed), 30);
    worker.abort();
}
