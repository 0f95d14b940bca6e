//! Section 5: workers, as threads and as futures.

use std::{future::pending, pin::pin, sync::mpsc, thread, time::Duration};

use events_core::{Event, Registry};

use super::LONG;
use crate::{
    Gate, Journal, block_on, poll_once,
    queue::{Job, enqueue_jobs, job},
};

#[test]
fn a_worker_on_a_thread_runs_events_in_order() {
    let registry = Registry::new();
    let journal = Journal::default();
    let (sender, ran_on) = mpsc::channel();
    registry
        .on(move |event: &Job| {
            event.journal.note(event.number.to_string());
            sender
                .send(thread::current().name().map(str::to_owned))
                .expect("the receiver exists");
        })
        .detach();
    registry.queue().spawn_thread().detach();
    enqueue_jobs(&registry, 0..100, &journal);
    for _ in 0..100 {
        let name = ran_on.recv().expect("the worker runs");
        assert_eq!(name.as_deref(), Some("events-queue"));
    }
    let expected: Vec<_> = (0..100).map(|number| number.to_string()).collect();
    assert_eq!(journal.take(), expected);
    assert!(registry.queue().shutdown(LONG).is_empty());
}

#[test]
fn with_concurrency_an_event_that_never_ends_does_not_block_the_others() {
    let registry = Registry::new();
    let journal = Journal::default();
    let (sender, done) = mpsc::channel();
    registry
        .on_async(move |event: &Job| {
            let (number, sender) = (event.number, sender.clone());
            async move {
                if number == 0 {
                    pending::<()>().await;
                }
                sender.send(number).expect("the receiver exists");
            }
        })
        .detach();
    registry.queue().spawn_thread_with(2).detach();
    enqueue_jobs(&registry, 0..4, &journal);
    let done: Vec<_> = (0..3)
        .map(|_| done.recv().expect("the worker runs"))
        .collect();
    assert_eq!(done, [1, 2, 3]);
    let unfinished = registry.queue().shutdown(Duration::from_millis(1));
    assert_eq!((unfinished.events.len(), unfinished.running), (1, 0));
}

#[test]
fn a_worker_runs_no_more_events_at_once_than_its_concurrency() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let handler_gate = gate.clone();
    registry
        .on_async(move |event: &Job| {
            let (gate, event) = (handler_gate.clone(), event.clone());
            async move {
                event.journal.note(format!("{} begins", event.number));
                gate.wait().await;
            }
        })
        .detach();
    enqueue_jobs(&registry, 0..5, &journal);
    let mut work = pin!(registry.queue().work(3));
    assert!(poll_once(work.as_mut()).is_pending());
    assert_eq!(journal.take(), ["0 begins", "1 begins", "2 begins"]);
    assert_eq!(registry.queue().len(), 2);
    gate.open();
    assert!(poll_once(work.as_mut()).is_pending());
    assert_eq!(journal.take(), ["3 begins", "4 begins"]);
}

#[test]
fn an_emit_inside_a_worker_uses_the_registry_of_its_queue() {
    #[derive(Event, Clone)]
    struct Done(mpsc::Sender<u32>, u32);

    let registry = Registry::new();
    let (sender, done) = mpsc::channel();
    registry
        .on(move |event: &Job| {
            Done(sender.clone(), event.number).emit();
            Done(sender.clone(), event.number + 1)
                .enqueue()
                .expect("there is room");
        })
        .detach();
    registry
        .on(|event: &Done| event.0.send(event.1).expect("the receiver exists"))
        .detach();
    let worker = registry.queue().spawn_thread();
    registry
        .enqueue(job(1, &Journal::default()))
        .expect("there is room");
    assert_eq!([done.recv(), done.recv()], [Ok(1), Ok(2)]);
    worker.stop();
}

#[test]
fn a_stopped_worker_finishes_its_running_event_and_starts_no_other() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let (sender, begun) = mpsc::channel();
    let handler_gate = gate.clone();
    registry
        .on_async(move |event: &Job| {
            sender.send(event.number).expect("the receiver exists");
            let (gate, event) = (handler_gate.clone(), event.clone());
            async move {
                gate.wait().await;
                event.journal.note(format!("{} ended", event.number));
            }
        })
        .detach();
    enqueue_jobs(&registry, 0..2, &journal);
    let worker = registry.queue().spawn_thread();
    assert_eq!(begun.recv(), Ok(0));
    let mut stop = pin!(worker.stop_async());
    assert!(poll_once(stop.as_mut()).is_pending());
    gate.open();
    block_on(stop);
    assert_eq!(journal.take(), ["0 ended"]);
    assert_eq!(registry.queue().len(), 1);
    // Another worker continues.
    let worker = registry.queue().spawn_thread();
    assert_eq!(begun.recv(), Ok(1));
    block_on(worker.stop_async());
    assert_eq!(journal.take(), ["1 ended"]);
}

#[test]
fn a_worker_future_that_is_dropped_leaves_its_running_event_to_the_shutdown() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Job| event.journal.note("begun"))
        .detach();
    registry.on_async(|_: &Job| pending::<()>()).detach();
    registry.enqueue(job(7, &journal)).expect("there is room");
    {
        let mut work = pin!(registry.queue().work(1));
        assert!(poll_once(work.as_mut()).is_pending());
    }
    assert_eq!(journal.take(), ["begun"]);
    assert!(registry.queue().is_empty());
    let unfinished = registry.queue().shutdown(LONG);
    let [event] = <[_; 1]>::try_from(unfinished.events).expect("one is left");
    assert_eq!(event.unfinished().map(Iterator::count), Some(1));
    assert_eq!(event.downcast::<Job>().expect("a job").number, 7);
}

#[test]
fn panics_of_subscribers_do_not_end_a_worker() {
    let registry = Registry::new();
    let (sender, done) = mpsc::channel();
    registry
        .on(|event: &Job| assert!(event.number > 0, "on purpose"))
        .detach();
    registry
        .on_async(|event: &Job| {
            let number = event.number;
            async move { assert!(number > 1, "on purpose") }
        })
        .detach();
    registry
        .on(move |event: &Job| sender.send(event.number).expect("the receiver exists"))
        .detach();
    let worker = registry.queue().spawn_thread();
    for number in 0..3 {
        registry
            .enqueue(job(number, &Journal::default()))
            .expect("there is room");
    }
    assert_eq!(
        [done.recv(), done.recv(), done.recv()],
        [Ok(0), Ok(1), Ok(2)]
    );
    worker.stop();
}

#[test]
fn a_subscriber_with_a_concurrency_of_1_receives_events_in_order_from_a_concurrent_worker() {
    let registry = Registry::new();
    let journal = Journal::default();
    let gate = Gate::default();
    let handler_gate = gate.clone();
    registry
        .subscribe_async(move |event: &Job| {
            let (gate, event) = (handler_gate.clone(), event.clone());
            async move {
                gate.wait().await;
                event.journal.note(event.number.to_string());
            }
        })
        .concurrency(1)
        .register()
        .expect("no options clash")
        .detach();
    enqueue_jobs(&registry, 0..8, &journal);
    let worker = registry.queue().spawn_thread_with(4);
    gate.open();
    assert!(registry.queue().shutdown(LONG).is_empty());
    worker.detach();
    let expected: Vec<_> = (0..8).map(|number| number.to_string()).collect();
    assert_eq!(journal.take(), expected);
}

/// A destructor that calls a function on another thread, and waits for it.
struct Blocks(Registry, fn(&Registry));

impl Drop for Blocks {
    fn drop(&mut self) {
        thread::scope(|scope| _ = scope.spawn(|| self.1(&self.0)));
    }
}

/// A worker is dropped; while the destructor of its handler runs, another thread calls the function.
fn check_while_dropped(calls: fn(&Registry)) {
    let registry = Registry::new();
    let inner = registry.clone();
    let blocks = move |_: &Job| {
        let blocks = Blocks(inner.clone(), calls);
        async move {
            let _blocks = blocks;
            pending::<()>().await;
        }
    };
    registry.on_async(blocks).detach();
    let job = job(1, &Journal::default());
    registry.enqueue(job).expect("there is room");
    let mut work = Box::pin(registry.queue().work(1));
    assert!(poll_once(&mut work).is_pending());
    drop(work);
    let unfinished = registry.queue().shutdown(Duration::ZERO);
    assert_eq!((unfinished.events.len(), unfinished.running), (1, 0));
}

#[test]
fn the_stop_of_a_worker_does_not_wait_for_the_destructor_of_another() {
    check_while_dropped(|registry| registry.queue().spawn_thread().stop());
}

#[test]
fn a_shutdown_waits_for_the_destructor_of_a_dropped_worker_up_to_its_deadline() {
    check_while_dropped(|registry| {
        let unfinished = registry.queue().shutdown(Duration::from_millis(1));
        assert_eq!((unfinished.events.len(), unfinished.running), (0, 1));
    });
}
