//! Section 5: a flush is cut off by a chain of events, each of which enqueues the next one, and by nothing else.

use std::{
    future::poll_fn,
    pin::pin,
    sync::{Arc, Mutex},
    task::Poll,
    thread,
};

use events_core::Registry;

use super::{Job, Other, job};
use crate::{Gate, Journal, poll_once};

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

/// Two chains, each until its event with that number. An older flush has an event in progress while a younger one runs
/// the chains until it is cut off; then the older one runs what is left.
fn check_older_flush(last: u32, older: (usize, usize)) {
    let (registry, journal, gate) = (Registry::new(), Journal::default(), Gate::default());
    let waits = gate.clone();
    registry.on_async(move |_: &Other| waits.wait()).detach();
    let inside = registry.clone();
    let enqueues = move |event: &Job| {
        if event.number < last {
            let next = job(event.number + 1, &event.journal);
            inside.enqueue(next).expect("there is room");
        }
    };
    registry.on(enqueues).detach();
    let other = Other(journal.clone());
    registry.enqueue(other).expect("there is room");
    let mut flush = pin!(registry.queue().flush_async());
    assert!(poll_once(&mut flush).is_pending());
    for _ in 0..2 {
        registry.enqueue(job(1, &journal)).expect("there is room");
    }
    let younger = registry.queue().flush();
    assert_eq!((younger.ran(), younger.left()), (2000, 2));
    gate.open();
    let polled = (0..100).find_map(|_| match poll_once(&mut flush) {
        Poll::Ready(flushed) => Some((flushed.ran(), flushed.left())),
        Poll::Pending => None,
    });
    assert_eq!(polled, Some(older), "{last}");
}

#[test]
fn a_chain_that_another_flush_has_counted_does_not_cut_an_older_flush_off() {
    check_older_flush(MANY, (1 + 2 * 500, 0));
    check_older_flush(u32::MAX, (1 + 2 * 1000, 2));
}

/// They run the chain by turns, so that each of them meets events that the other one has counted.
#[test]
fn a_chain_without_an_end_cuts_two_flushes_off() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let inside = registry.clone();
    let next = move |event: &Job| inside.enqueue(event.clone()).expect("there is room");
    registry.on(next).detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    let flush = || registry.queue().flush_async();
    let mut flushes = vec![flush(), flush()];
    for _ in 0..1000 {
        flushes.retain_mut(|flush| poll_once(flush).is_pending());
    }
    assert!(flushes.is_empty());
}
