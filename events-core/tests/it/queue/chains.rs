//! Section 5: a flush is cut off by a chain of events, each of which enqueues the next one, and by nothing else.

use std::{
    future::poll_fn,
    sync::{Arc, Mutex},
    task::Poll,
    thread,
};

use events_core::Registry;

use super::{Job, Other, job};
use crate::{Journal, poll_once};

/// More events than a chain may have.
const MANY: u32 = 1500;

/// Each comes before the flush has run the ones before, and enqueues another event, which enqueues none.
#[test]
fn short_chains_of_events_of_another_thread_do_not_cut_a_flush_off() {
    let (registry, journal) = (Registry::new(), Journal::default());
    registry.on(|_: &Other| ()).detach();
    let inside = registry.clone();
    let enqueues = move |event: &Job| {
        let other = Other(event.journal.clone());
        inside.enqueue(other).expect("there is room");
        if event.number < MANY {
            let next = job(event.number + 1, &event.journal);
            let push = || inside.enqueue(next).expect("there is room");
            thread::scope(|scope| _ = scope.spawn(push));
        }
    };
    registry.on(enqueues).detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.left()), (2 * MANY as usize, 0));
}

/// The event is in progress; it is resumed, and enqueues the next one, while the flush runs the one before.
#[test]
fn events_that_one_event_of_a_worker_enqueues_do_not_cut_a_flush_off() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let inside = registry.clone();
    let enqueues = move |event: &Other| {
        let (inside, journal, mut number) = (inside.clone(), event.0.clone(), 0);
        poll_fn(move |context| {
            if number < MANY {
                number += 1;
                let next = job(number, &journal);
                inside.enqueue(next).expect("there is room");
                context.waker().wake_by_ref();
            }
            Poll::<()>::Pending
        })
    };
    registry.on_async(enqueues).detach();
    registry.enqueue(Other(journal)).expect("there is room");
    let mut work = Box::pin(registry.queue().work(1));
    assert!(poll_once(&mut work).is_pending());
    let work = Arc::new(Mutex::new(Some(work)));
    let worker = Arc::clone(&work);
    let resumes = move |_: &Job| {
        let mut work = worker.lock().expect("no panic");
        let work = work.as_mut().expect("it is taken afterwards");
        assert!(poll_once(work).is_pending());
    };
    registry.on(resumes).detach();
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.left()), (MANY as usize, 0));
    drop(work.lock().expect("no panic").take());
}

/// A handler of `Job` flushes another queue, whose handler enqueues the next `Job`.
#[test]
fn a_chain_by_way_of_another_queue_is_cut_off() {
    let (outer, inner, journal) = (Registry::new(), Registry::new(), Journal::default());
    let (queue, around) = (inner.clone(), outer.clone());
    let by_way = move |event: &Job| {
        queue.enqueue(event.clone()).expect("there is room");
        assert_eq!(queue.queue().flush().ran(), 1);
    };
    outer.on(by_way).detach();
    let next = move |event: &Job| around.enqueue(event.clone()).expect("there is room");
    inner.on(next).detach();
    outer.enqueue(job(1, &journal)).expect("there is room");
    for _ in 0..2 {
        let flushed = outer.queue().flush();
        assert_eq!((flushed.ran(), flushed.left()), (1000, 1));
    }
}

/// The handler that enqueues the next event was pending first.
#[test]
fn a_chain_of_resumed_events_is_cut_off() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let inside = registry.clone();
    let enqueues = move |event: &Job| {
        let (inside, event, mut is_resumed) = (inside.clone(), event.clone(), false);
        poll_fn(move |context| {
            if is_resumed {
                inside.enqueue(event.clone()).expect("there is room");
                return Poll::Ready(());
            }
            is_resumed = true;
            context.waker().wake_by_ref();
            Poll::Pending
        })
    };
    registry.on_async(enqueues).detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.left()), (1000, 1));
}
