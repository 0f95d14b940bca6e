//! Section 5: flushes: what they run, how they end, and where they can be called.

use std::{
    future::poll_fn,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    pin::pin,
    sync::{Mutex, mpsc},
    task::Poll,
};

use events_core::{Event, Registry, flush_queue, queues::flush_after, subscribers};

use crate::{
    Gate, Journal, block_on, poll_once,
    queue::{Job, Other, enqueue_jobs, job, work},
};

#[test]
fn a_flush_also_runs_events_that_are_enqueued_during_it() {
    let registry = Registry::new();
    let journal = Journal::default();
    let inside = registry.clone();
    registry
        .on(move |event: &Job| {
            event.journal.note(event.number.to_string());
            if event.number > 0 {
                let next = job(event.number - 1, &event.journal);
                inside.enqueue(next).expect("there is room");
            }
        })
        .detach();
    registry.enqueue(job(5, &journal)).expect("there is room");
    assert_eq!(registry.queue().flush().ran(), 6);
    assert_eq!(journal.take(), ["5", "4", "3", "2", "1", "0"]);
}

#[test]
fn an_endless_chain_of_events_is_cut_off_and_the_rest_stays_queued() {
    let registry = Registry::new();
    let journal = Journal::default();
    let inside = registry.clone();
    registry
        .on(move |event: &Job| {
            let next = job(event.number + 1, &event.journal);
            inside.enqueue(next).expect("there is room");
        })
        .detach();
    registry.enqueue(job(0, &journal)).expect("there is room");
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.left()), (1000, 1));
    assert_eq!(registry.queue().len(), 1);
    assert_eq!(block_on(registry.queue().flush_async()).left(), 1);
}

#[test]
fn an_endless_chain_of_events_that_are_suspended_is_cut_off() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let inside = registry.clone();
    let enqueues = move |event: &Job| {
        let (inside, mut next) = (inside.clone(), Some(job(event.number + 1, &event.journal)));
        let mut is_first = true;
        poll_fn(move |context| {
            if mem::take(&mut is_first) {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            let next = next.take().expect("it is polled until it is ready");
            inside.enqueue(next).expect("there is room");
            Poll::Ready(())
        })
    };
    registry.on_async(enqueues).detach();
    registry.enqueue(job(0, &journal)).expect("there is room");
    assert_eq!(registry.queue().flush().left(), 1);
}

#[test]
fn many_queued_events_do_not_count_as_a_chain() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry.on(|_: &Job| ()).detach();
    enqueue_jobs(&registry, 0..5000, &journal);
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.left()), (5000, 0));
}

/// Each comes before the one before it has ended.
#[test]
fn events_of_another_thread_do_not_count_as_a_chain() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let (next, numbers) = mpsc::channel();
    let (pushed, has_pushed) = mpsc::channel();
    let (enqueues, notes) = (registry.clone(), journal.clone());
    let other = std::thread::spawn(move || {
        for number in numbers {
            let enqueued = enqueues.enqueue(job(number, &notes));
            pushed.send(()).expect("it waits");
            enqueued.expect("there is room");
        }
    });
    let (next, has_pushed) = (Mutex::new(Some(next)), Mutex::new(has_pushed));
    let requests = move |event: &Job| {
        let mut next = next.lock().expect("no panic");
        if event.number == 2500 {
            *next = None;
        } else if let Some(next) = &*next {
            next.send(event.number + 1).expect("the thread runs");
            let has_pushed = has_pushed.lock().expect("no panic");
            has_pushed.recv().expect("the thread runs");
        }
    };
    registry.on(requests).detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    let flushed = registry.queue().flush();
    assert_eq!((flushed.ran(), flushed.left()), (2500, 0));
    other.join().expect("the thread does not panic");
}

/// The events that another thread enqueues meanwhile do not hide it.
#[test]
fn a_chain_is_cut_off_also_after_events_of_another_thread() {
    let (registry, journal) = (Registry::new(), Journal::default());
    let inside = registry.clone();
    let enqueues = move |event: &Job| {
        let next = job(event.number + 1, &event.journal);
        if event.number < 2000 {
            let elsewhere = inside.clone();
            let push = || elsewhere.enqueue(next).expect("there is room");
            std::thread::scope(|scope| _ = scope.spawn(push));
        } else {
            inside.enqueue(next).expect("there is room");
        }
    };
    registry.on(enqueues).detach();
    registry.enqueue(job(500, &journal)).expect("there is room");
    let flushed = registry.queue().flush();
    assert_eq!(flushed.left(), 1);
    assert!(flushed.ran() < 3000, "{flushed}");
}

/// At its deadline a shutdown takes it.
#[test]
fn a_flush_counts_the_events_that_have_ended() {
    for (takes, ran) in [(false, 2), (true, 1)] {
        let (registry, gate, journal) = (Registry::new(), Gate::default(), Journal::default());
        registry.on(|_: &Other| ()).detach();
        let waits = gate.clone();
        registry.on_async(move |_: &Job| waits.wait()).detach();
        registry
            .enqueue(Other(journal.clone()))
            .expect("there is room");
        registry.enqueue(job(1, &journal)).expect("there is room");
        let mut flush = pin!(registry.queue().flush_async());
        assert!(poll_once(flush.as_mut()).is_pending());
        if takes {
            let taken = registry.queue().shutdown(std::time::Duration::ZERO);
            assert_eq!(taken.events.len(), 1);
        }
        gate.open();
        let Poll::Ready(flushed) = poll_once(flush.as_mut()) else {
            panic!("it has no event in progress");
        };
        assert_eq!(flushed.ran(), ran, "{takes}");
    }
}

#[test]
fn a_flush_waits_for_async_subscribers() {
    let registry = Registry::new();
    let (journal, gate) = (Journal::default(), Gate::default());
    let handler_gate = gate.clone();
    registry
        .on_async(move |event: &Job| {
            let (gate, journal) = (handler_gate.clone(), event.journal.clone());
            async move {
                gate.wait().await;
                journal.note("ended");
            }
        })
        .detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    let opener = std::thread::spawn(move || gate.open());
    assert_eq!(registry.queue().flush().ran(), 1);
    assert_eq!(journal.take(), ["ended"]);
    opener.join().expect("the thread does not panic");
}

#[test]
fn a_flush_inside_a_queued_event_leaves_the_queue_to_the_outer_flush() {
    let registry = Registry::new();
    let journal = Journal::default();
    let inside = registry.clone();
    registry
        .on(move |event: &Job| {
            let flushed = inside.queue().flush();
            event
                .journal
                .note(format!("ran {}, left {}", flushed.ran(), flushed.left()));
        })
        .detach();
    let inside = registry.clone();
    registry
        .on_async(move |event: &Job| {
            let (registry, journal) = (inside.clone(), event.journal.clone());
            async move {
                let flushed = registry.queue().flush_async().await;
                journal.note(format!(
                    "async: ran {}, left {}",
                    flushed.ran(),
                    flushed.left()
                ));
            }
        })
        .detach();
    enqueue_jobs(&registry, 0..2, &journal);
    assert_eq!(registry.queue().flush().ran(), 2);
    assert_eq!(
        journal.take(),
        [
            "ran 0, left 1",
            "async: ran 0, left 1",
            "ran 0, left 0",
            "async: ran 0, left 0"
        ]
    );
}

#[test]
fn a_flush_inside_a_sync_emit_runs_the_queued_events() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on(|event: &Job| event.journal.note(event.number.to_string()))
        .detach();
    let inside = registry.clone();
    registry
        .on(move |event: &Other| {
            inside.queue().flush();
            event.0.note("other");
        })
        .detach();
    registry.enqueue(job(1, &journal)).expect("there is room");
    registry.emit(Other(journal.clone()));
    assert_eq!(journal.take(), ["1", "other"]);
}

#[test]
fn the_queue_of_another_registry_can_be_flushed_inside_a_queued_event() {
    let (outer, inner) = (Registry::new(), Registry::new());
    let journal = Journal::default();
    inner.on(|event: &Job| event.journal.note("inner")).detach();
    let flushes = inner.clone();
    outer
        .on(move |event: &Job| {
            event.journal.note("outer");
            flushes.queue().flush();
        })
        .detach();
    inner.enqueue(job(1, &journal)).expect("there is room");
    outer.enqueue(job(1, &journal)).expect("there is room");
    outer.queue().flush();
    assert_eq!(journal.take(), ["outer", "inner"]);
}

#[test]
fn flush_after_flushes_on_any_exit() {
    let registry = Registry::with(subscribers![work]);
    let journal = Journal::default();
    let _scope = registry.enter();
    let value = flush_after(|| {
        job(1, &journal).enqueue().expect("there is room");
        7
    });
    assert_eq!((value, journal.take()), (7, vec!["sync 10".to_owned()]));
    let panics = catch_unwind(AssertUnwindSafe(|| {
        flush_after(|| {
            job(2, &journal).enqueue().expect("there is room");
            panic!("after that");
        })
    }));
    assert!(panics.is_err());
    assert_eq!(journal.take(), ["sync 20"]);
}

#[flush_queue]
fn enqueues(journal: &Journal, number: u32) -> Result<u32, String> {
    job(number, journal).enqueue().expect("there is room");
    if number == 2 {
        return Ok(7);
    }
    "seven".parse::<u32>().map_err(|error| error.to_string())
}

#[flush_queue]
async fn enqueues_async(journal: Journal, panics: bool) -> u32 {
    job(3, &journal).enqueue().expect("there is room");
    std::future::ready(()).await;
    assert!(!panics, "on purpose");
    7
}

#[test]
fn a_function_with_flush_queue_flushes_on_any_exit() {
    let registry = Registry::with(subscribers![work]);
    let journal = Journal::default();
    let _scope = registry.enter();
    assert_eq!(
        (enqueues(&journal, 2), journal.take()),
        (Ok(7), vec!["sync 20".to_owned()])
    );
    assert!(enqueues(&journal, 1).is_err());
    assert_eq!(journal.take(), ["sync 10"]);
    assert_eq!(block_on(enqueues_async(journal.clone(), false)), 7);
    assert_eq!(journal.take(), ["sync 30"]);
    let panics = || block_on(enqueues_async(journal.clone(), true));
    assert!(catch_unwind(AssertUnwindSafe(panics)).is_err());
    assert_eq!(journal.take(), ["sync 30"]);
}

#[test]
fn a_dropped_flush_keeps_the_event_that_it_was_running() {
    let registry = Registry::new();
    let journal = Journal::default();
    registry
        .on_async(|_: &Job| std::future::pending::<()>())
        .detach();
    enqueue_jobs(&registry, 0..2, &journal);
    {
        let mut flush = pin!(registry.queue().flush_async());
        assert!(poll_once(flush.as_mut()).is_pending());
    }
    assert_eq!(registry.queue().len(), 1);
    let unfinished = registry.queue().shutdown(std::time::Duration::ZERO);
    let mut numbers = Vec::new();
    for event in unfinished.events {
        let begun = event.unfinished().map(Iterator::count);
        numbers.push((event.downcast::<Job>().expect("a job").number, begun));
    }
    assert_eq!(numbers, [(0, Some(1)), (1, None)]);
}
