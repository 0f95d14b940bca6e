//! `settle` waits until the queue is empty and its workers are idle.

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

/// Subscribes a handler that enqueues the next step until step 0; returns the number of its calls.
fn count_steps(events: &events_testing::Events) -> Arc<AtomicU32> {
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let handler = move |event: &Step| {
        thread::yield_now();
        counter.fetch_add(1, Ordering::Relaxed);
        if event.0 > 0 {
            Step(event.0 - 1).enqueue().expect("the queue has room");
        }
    };
    events.registry().on(handler).detach();
    calls
}

#[test]
fn without_a_worker_settle_flushes_the_queue() {
    let events = EventMock::empty();
    let calls = count_steps(&events);
    events.settle(); // the queue is empty
    Step(9).enqueue().expect("the queue has room");
    events.settle();
    assert_eq!(calls.load(Ordering::Relaxed), 10);
    events.assert_emitted::<Step>().times(10);
}

#[test]
fn settle_waits_for_the_running_jobs_of_workers() {
    for _ in 0..100 {
        let events = EventMock::empty();
        let calls = count_steps(&events);
        let workers = [(); 2].map(|()| events.registry().queue().spawn_thread());
        Step(9).enqueue().expect("the queue has room");
        Step(9).enqueue().expect("the queue has room");
        events.settle();
        assert_eq!(calls.load(Ordering::Relaxed), 20);
        workers
            .into_iter()
            .for_each(events_core::queues::Worker::stop);
    }
}

#[test]
fn settle_waits_for_a_blocked_worker() {
    let events = EventMock::empty();
    let (release, released) = mpsc::channel::<()>();
    let (start, started) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let calls = Arc::new(AtomicU32::new(0));
    let counter = Arc::clone(&calls);
    let blocked = move |_: &Step| {
        start.send(()).expect("the test still receives");
        released
            .lock()
            .expect("no thread panics")
            .recv()
            .expect("the test sends the release");
        counter.fetch_add(1, Ordering::Relaxed);
    };
    events.registry().on(blocked).detach();
    let worker = events.registry().queue().spawn_thread();
    Step(0).enqueue().expect("the queue has room");
    started.recv().expect("the worker starts the handler");
    assert!(events.registry().queue().is_empty());

    let releasing = thread::spawn(move || release.send(()).expect("the handler still receives"));
    events.settle();
    assert_eq!(calls.load(Ordering::Relaxed), 1);
    releasing.join().expect("the thread does not panic");
    worker.stop();
}

#[events_testing::test(empty)]
async fn settle_async_with_a_worker_on_the_same_thread() {
    let events = current();
    let calls = count_steps(&events);
    let queue = events.registry().queue();
    let worker = tokio::spawn(queue.work(2));
    for _ in 0..3 {
        Step(9).enqueue().expect("the queue has room");
        tokio::task::yield_now().await;
    }
    events.settle_async().await;
    assert_eq!(calls.load(Ordering::Relaxed), 30);
    worker.abort();
}
