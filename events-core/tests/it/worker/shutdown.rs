//! Section 5: shutting a queue down.

use std::{
    future::{pending, ready},
    pin::pin,
    sync::mpsc,
    thread,
    time::Duration,
};

use events_core::{Event, Registry, failures::Undelivered, queues::Unfinished};

use super::LONG;
use crate::{
    Gate, Journal, block_on, poll_once,
    queue::{Job, job},
};

#[derive(Event, Clone)]
struct Followed(Journal);

/// The numbers of the jobs that the shutdown returned, and whether they were started.
fn numbers(unfinished: Unfinished) -> Vec<(u32, bool)> {
    let number_of = |event: events_core::queues::UnfinishedEvent| {
        let begun = event.unfinished().is_some();
        (event.downcast::<Job>().expect("a job").number, begun)
    };
    unfinished.events.into_iter().map(number_of).collect()
}

/// A registry with three jobs in its queue.
fn registry_with_three_jobs(journal: &Journal) -> Registry {
    let registry = Registry::new();
    for number in 0..3 {
        registry
            .enqueue(job(number, journal))
            .expect("there is room");
    }
    registry
}

#[test]
fn a_shutdown_runs_the_queued_events() {
    let journal = Journal::default();
    for workers in 0..3 {
        let registry = registry_with_three_jobs(&journal);
        registry
            .on(|event: &Job| event.journal.note(event.number.to_string()))
            .detach();
        for _ in 0..workers {
            registry.queue().spawn_thread().detach();
        }
        assert!(registry.queue().shutdown(LONG).is_empty());
        let mut ran = journal.take();
        ran.sort();
        assert_eq!(ran, ["0", "1", "2"], "{workers} workers");
    }
}

#[test]
fn after_a_shutdown_enqueue_returns_the_event() {
    let journal = Journal::default();
    let registry = Registry::new();
    assert!(!registry.queue().is_shut_down());
    let unfinished = registry.queue().shutdown(Duration::ZERO);
    assert!(registry.queue().is_shut_down());
    let text = unfinished.to_string();
    assert_eq!(text, "the queue was shut down, and nothing is left");
    let error = registry
        .enqueue(job(7, &journal))
        .expect_err("it is shut down");
    assert_eq!(error.why(), Undelivered::ShutDown);
    let text = format!(
        "`{}` was not enqueued: the queue is shut down",
        Job::topic()
    );
    assert_eq!(error.to_string(), text);
    assert_eq!(error.into_event().number, 7);
    // A sync emit then runs its deferred handlers at once.
    registry
        .on_deferred(|event: &Job| event.journal.note("at once"))
        .detach();
    registry.emit(job(8, &journal));
    assert_eq!(journal.take(), ["at once"]);
    assert!(registry.queue().shutdown(LONG).is_empty());
}

#[test]
fn a_shutdown_also_runs_events_that_its_handlers_enqueue() {
    let journal = Journal::default();
    let registry = registry_with_three_jobs(&journal);
    let inside = registry.clone();
    registry
        .on(move |event: &Job| {
            let follows = inside.enqueue(Followed(event.journal.clone()));
            follows.expect("the queue accepts events of its own handlers");
        })
        .detach();
    registry
        .on(|event: &Followed| event.0.note("followed"))
        .detach();
    assert!(registry.queue().shutdown(LONG).is_empty());
    assert_eq!(journal.take(), ["followed"; 3]);
}

#[test]
fn at_the_deadline_queued_and_running_events_are_returned() {
    let journal = Journal::default();
    let registry = registry_with_three_jobs(&journal);
    registry.on_async(|_: &Job| pending::<()>()).detach();
    let (sender, begun) = mpsc::channel();
    registry
        .on(move |event: &Job| sender.send(event.number).expect("the receiver exists"))
        .detach();
    registry.queue().spawn_thread().detach();
    assert_eq!(begun.recv(), Ok(0));
    let unfinished = registry.queue().shutdown(Duration::from_millis(1));
    assert_eq!(
        unfinished.to_string(),
        format!(
            "the queue was shut down with 3 events left: {} (x3)",
            Job::topic()
        )
    );
    assert_eq!(unfinished.running, 0);
    assert_eq!(numbers(unfinished), [(0, true), (1, false), (2, false)]);
}

#[test]
fn without_workers_an_event_that_never_ends_does_not_block_the_others() {
    let journal = Journal::default();
    let registry = registry_with_three_jobs(&journal);
    registry
        .on_async(|event: &Job| {
            let event = event.clone();
            async move {
                if event.number == 0 {
                    pending::<()>().await;
                }
                event.journal.note(event.number.to_string());
            }
        })
        .detach();
    let unfinished = registry.queue().shutdown(Duration::from_millis(50));
    assert_eq!(journal.take(), ["1", "2"]);
    assert_eq!(numbers(unfinished), [(0, true)]);
}

#[test]
fn a_sync_handler_that_does_not_return_does_not_delay_the_deadline() {
    let journal = Journal::default();
    let registry = registry_with_three_jobs(&journal);
    let (sender, begun) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let released = std::sync::Mutex::new(released);
    let (accepts, accepted) = mpsc::channel();
    registry
        .on(move |event: &Job| {
            sender.send(event.number).expect("the receiver exists");
            let _ = released.lock().expect("the lock is not poisoned").recv();
            let enqueued = job(9, &event.journal).enqueue();
            accepts.send(enqueued.is_ok()).expect("the receiver exists");
        })
        .detach();
    registry.on_async(|_: &Job| pending::<()>()).detach();
    let worker = registry.queue().spawn_thread();
    assert_eq!(begun.recv(), Ok(0));
    let unfinished = registry.queue().shutdown(Duration::from_millis(1));
    assert_eq!(unfinished.running, 1);
    let text = unfinished.to_string();
    assert!(
        text.contains("with 2 events left and 1 subscriber that did not return: "),
        "{text}"
    );
    assert_eq!(numbers(unfinished), [(1, false), (2, false)]);
    // When it returns later, its event is kept for the next shutdown, and it can enqueue none: it would be lost.
    drop(release);
    assert_eq!(accepted.recv(), Ok(false));
    worker.stop();
    assert_eq!(numbers(registry.queue().shutdown(LONG)), [(0, true)]);
}

#[test]
fn a_shutdown_inside_a_queued_event_starts_and_does_not_wait() {
    let journal = Journal::default();
    let registry = registry_with_three_jobs(&journal);
    let inside = registry.clone();
    registry
        .on(move |event: &Job| {
            let unfinished = inside.queue().shutdown(LONG);
            event
                .journal
                .note(format!("{} left", unfinished.events.len()));
        })
        .detach();
    let inside = registry.clone();
    registry
        .on_async(move |event: &Job| {
            let (registry, journal) = (inside.clone(), event.journal.clone());
            async move {
                let unfinished = registry.queue().shutdown_async(pending::<()>()).await;
                journal.note(format!("{} left", unfinished.events.len()));
            }
        })
        .detach();
    assert_eq!(registry.queue().flush().ran(), 3);
    assert_eq!(journal.take(), ["0 left"; 6]);
    assert!(registry.enqueue(job(9, &journal)).is_err());
}

#[test]
fn a_shutdown_can_be_awaited() {
    let journal = Journal::default();
    let registry = registry_with_three_jobs(&journal);
    registry
        .on(|event: &Job| event.journal.note(event.number.to_string()))
        .detach();
    let worker = registry.queue().spawn_thread();
    let unfinished = block_on(registry.queue().shutdown_async(pending::<()>()));
    assert!(unfinished.is_empty());
    assert_eq!(journal.take(), ["0", "1", "2"]);
    worker.detach();
}

#[test]
fn an_awaited_shutdown_keeps_its_deadline() {
    let journal = Journal::default();
    let registry = registry_with_three_jobs(&journal);
    registry.on_async(|_: &Job| pending::<()>()).detach();
    let deadline = Gate::default();
    let mut shutdown = pin!(registry.queue().shutdown_async(deadline.wait()));
    for _ in 0..2 {
        assert!(poll_once(shutdown.as_mut()).is_pending());
    }
    deadline.open();
    let unfinished = block_on(shutdown);
    assert_eq!(numbers(unfinished), [(0, true), (1, true), (2, false)]);
}

#[test]
fn a_shutdown_whose_deadline_has_passed_starts_no_event() {
    let journal = Journal::default();
    for at_once in [
        |registry: &Registry| registry.queue().shutdown(Duration::ZERO),
        |registry: &Registry| block_on(registry.queue().shutdown_async(ready(()))),
    ] {
        let unfinished = at_once(&registry_with_three_jobs(&journal));
        assert_eq!(numbers(unfinished), [(0, false), (1, false), (2, false)]);
    }
}

#[test]
fn a_dropped_shutdown_can_be_repeated() {
    let (journal, gate) = (Journal::default(), Gate::default());
    let registry = registry_with_three_jobs(&journal);
    let handler_gate = gate.clone();
    registry
        .on_async(move |event: &Job| {
            let (gate, event) = (handler_gate.clone(), event.clone());
            async move {
                gate.wait().await;
                event.journal.note(event.number.to_string());
            }
        })
        .detach();
    let worker = registry.queue().spawn_thread();
    {
        let mut shutdown = pin!(registry.queue().shutdown_async(pending::<()>()));
        assert!(poll_once(shutdown.as_mut()).is_pending());
    }
    assert!(registry.enqueue(job(9, &journal)).is_err());
    let opener = thread::spawn(move || gate.open());
    assert!(registry.queue().shutdown(LONG).is_empty());
    assert_eq!(journal.take(), ["0", "1", "2"]);
    opener.join().expect("the thread does not panic");
    worker.stop();
}

#[test]
fn concurrent_enqueues_and_a_shutdown_lose_no_event() {
    for _ in 0..50 {
        let journal = Journal::default();
        let registry = Registry::new();
        let (sender, ran) = mpsc::channel();
        registry
            .on(move |event: &Job| sender.send(event.number).expect("the receiver exists"))
            .detach();
        registry.queue().spawn_thread().detach();
        let emitter = |from: u32| {
            let (registry, journal) = (registry.clone(), journal.clone());
            thread::spawn(move || {
                let numbers = from..from + 100;
                let all = numbers.map(|number| registry.enqueue(job(number, &journal)));
                all.filter_map(Result::err)
                    .map(|error| error.into_event().number)
                    .collect()
            })
        };
        let emitters = [emitter(0), emitter(100)];
        thread::yield_now();
        let unfinished = registry.queue().shutdown(LONG);
        let mut all: Vec<u32> = numbers(unfinished)
            .into_iter()
            .map(|(number, _)| number)
            .collect();
        for emitter in emitters {
            let refused: Vec<u32> = emitter.join().expect("the thread does not panic");
            all.extend(refused);
        }
        all.extend(ran.try_iter());
        all.sort_unstable();
        assert_eq!(all, (0..200).collect::<Vec<_>>());
    }
}
