//! Time under a test's control.

use std::{
    sync::{Arc, Mutex, mpsc},
    thread,
    time::Duration,
};

use events_core::{__testing, Event, Registry};
use events_testing::{EventMock, Events};

use crate::{failed_expectations, failure};

#[derive(Event, Clone)]
struct Tick(u32);

#[derive(Clone, Default)]
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn note(&self, entry: impl Into<String>) {
        self.0
            .lock()
            .expect("no thread panicked")
            .push(entry.into());
    }

    fn take(&self) -> String {
        std::mem::take(&mut *self.0.lock().expect("no thread panicked")).join(" ")
    }
}

fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// A mock whose ticks are noted.
fn noting() -> (EventMock, Journal) {
    let events = EventMock::empty();
    let journal = Journal::default();
    let notes = journal.clone();
    events
        .registry()
        .on(move |tick: &Tick| notes.note(tick.0.to_string()))
        .detach();
    (events, journal)
}

/// Adds an async subscriber that notes when it begins, and, so many seconds later, when it ends.
fn add_sleeper(events: &Events, journal: &Journal, sleeps: u64) {
    let (registry, journal) = (events.registry().clone(), journal.clone());
    let sleeper = move |tick: &Tick| {
        let (number, journal) = (tick.0, journal.clone());
        let sleep = __testing::sleep(&registry, seconds(sleeps));
        async move {
            journal.note(format!("begin-{number}"));
            sleep.await;
            journal.note(format!("end-{number}"));
        }
    };
    events.registry().on_async(sleeper).detach();
}

#[test]
fn time_passes_only_when_the_test_lets_it_and_runs_what_is_due_in_order() {
    let (events, journal) = noting();
    events.pause_time();
    Tick(1)
        .enqueue_after(Duration::from_millis(1))
        .expect("there is room");
    Tick(3).enqueue_after(seconds(3600)).expect("there is room");
    Tick(2).enqueue_after(seconds(60)).expect("there is room");
    events.settle();
    assert_eq!(journal.take(), "");
    events.advance(seconds(3599));
    assert_eq!(journal.take(), "1 2");
    events.advance(seconds(1));
    assert_eq!(journal.take(), "3");
}

#[test]
fn what_was_scheduled_before_the_first_call_follows() {
    let (events, journal) = noting();
    Tick(1).enqueue_after(seconds(3600)).expect("there is room");
    add_sleeper(&events, &journal, 100);
    events.registry().queue().spawn_thread().detach();
    events.advance(seconds(3600));
    assert_eq!(journal.take(), "1 begin-1");
    events.advance(seconds(100));
    assert_eq!(journal.take(), "end-1");
}

#[test]
fn events_that_schedule_others_do_so_at_their_times() {
    let (events, journal) = noting();
    events
        .registry()
        .on(|tick: &Tick| drop(Tick(tick.0 + 1).enqueue_after(seconds(10))))
        .detach();
    Tick(1).enqueue().expect("there is room");
    events.advance(seconds(35));
    assert_eq!(journal.take(), "1 2 3 4");
}

#[test]
fn a_handler_that_sleeps_stays_in_progress_between_the_calls() {
    let (events, journal) = noting();
    add_sleeper(&events, &journal, 10);
    Tick(1).enqueue_after(seconds(1)).expect("there is room");
    Tick(2).enqueue_after(seconds(2)).expect("there is room");
    events.advance(seconds(5));
    assert_eq!(journal.take(), "1 begin-1 2 begin-2");
    events.settle();
    events.advance(seconds(5));
    assert_eq!(journal.take(), "");
    events.advance(seconds(1));
    assert_eq!(journal.take(), "end-1");
    events.advance(seconds(1));
    assert_eq!(journal.take(), "end-2");
}

#[test]
fn a_handler_that_sleeps_in_an_emit_of_the_test_is_woken() {
    let (events, journal) = noting();
    add_sleeper(&events, &journal, 10);
    let emitting = thread::spawn(events.bring(|| smol::block_on(Tick(1).emit_async())));
    let handle = Events::clone(&events);
    // The other thread may begin after the time has passed: so it passes until the emit has ended.
    while !emitting.is_finished() {
        handle.advance(seconds(10));
    }
    emitting.join().expect("the thread ends");
    assert_eq!(journal.take(), "1 begin-1 end-1");
}

#[test]
fn time_does_not_pass_while_a_worker_runs_a_handler() {
    let (events, journal) = noting();
    let (begun_sender, begun) = mpsc::channel();
    let (sender, receiver) = mpsc::channel::<()>();
    let receiver = Mutex::new(receiver);
    events
        .registry()
        .on(move |tick: &Tick| {
            if tick.0 == 1 {
                begun_sender.send(()).expect("the other side is there");
                receiver
                    .lock()
                    .expect("no thread panicked")
                    .recv()
                    .expect("no thread panicked");
                Tick(2).enqueue_after(seconds(1)).expect("there is room");
            }
        })
        .detach();
    events.registry().queue().spawn_thread().detach();
    Tick(1).enqueue().expect("there is room");
    begun.recv().expect("the other side is there");
    events.pause_time();
    let advancing = Events::clone(&events);
    let advancing = thread::spawn(move || advancing.advance(seconds(1)));
    sender.send(()).expect("the other side is there");
    advancing.join().expect("the thread ends");
    assert_eq!(journal.take(), "1 2");
}

#[test]
fn a_shutdown_does_not_wait_for_the_time_of_the_test() {
    let (events, journal) = noting();
    events.advance(seconds(1));
    Tick(1).enqueue().expect("there is room");
    Tick(2).enqueue_after(seconds(1)).expect("there is room");
    let unfinished = events.registry().queue().shutdown(seconds(3600));
    assert_eq!(unfinished.events.len(), 1);
    assert_eq!(journal.take(), "1");
}

#[test]
fn time_passes_again_when_the_mock_of_a_given_registry_ends() {
    let registry = Registry::new();
    let (sender, receiver) = mpsc::channel();
    registry
        .on(move |tick: &Tick| sender.send(tick.0).expect("the other side is there"))
        .detach();
    registry.queue().spawn_thread().detach();
    let events = EventMock::over(&registry);
    events.pause_time();
    registry
        .enqueue_after(Tick(1), Duration::from_millis(1))
        .expect("there is room");
    drop(events);
    assert_eq!(receiver.recv(), Ok(1));
}

#[test]
fn an_expected_event_is_recorded_when_it_is_scheduled_and_is_not_there_to_cancel() {
    let (events, journal) = noting();
    events.expect::<Tick>().times(1);
    let scheduled = Tick(1).enqueue_after(seconds(1)).expect("there is room");
    assert!(!scheduled.is_scheduled());
    assert!(scheduled.cancel().is_none());
    events.advance(seconds(1));
    assert_eq!(journal.take(), "");
}

#[test]
fn a_failing_test_shows_which_events_were_scheduled() {
    let text = failed_expectations(|events| {
        events.expect::<Tick>().never();
        drop(Tick(1).enqueue_after(seconds(1)));
    });
    let text = text.expect("it was emitted");
    assert!(
        text.contains("scheduled at events-testing/tests/it/time.rs"),
        "{text}"
    );
}

#[test]
fn in_a_handler_time_does_not_pass() {
    let (events, _) = noting();
    let (sender, receiver) = mpsc::channel();
    let handle = Events::clone(&events);
    events
        .registry()
        .on(move |_: &Tick| {
            sender
                .send(failure(|| handle.advance(seconds(1))))
                .expect("the other side is there");
        })
        .detach();
    Tick(1).enqueue().expect("there is room");
    events.advance(seconds(1));
    let text = receiver.recv().expect("the other side is there");
    assert!(
        text.starts_with("the queue cannot settle inside a handler"),
        "{text}"
    );
}

#[tokio::test]
async fn in_async_code_the_async_form_is_awaited() {
    let (events, journal) = noting();
    add_sleeper(&events, &journal, 10);
    events.registry().queue().spawn_tokio(1).detach();
    Tick(1).enqueue_after(seconds(1)).expect("there is room");
    events.advance_async(seconds(1)).await;
    assert_eq!(journal.take(), "1 begin-1");
    events.settle_async().await;
    events.advance_async(seconds(10)).await;
    assert_eq!(journal.take(), "end-1");
}

#[tokio::test]
async fn in_async_code_a_handler_that_waits_for_the_runtime_needs_the_async_form() {
    let (events, journal) = noting();
    let notes = journal.clone();
    let handler = move |_: &Tick| {
        let notes = notes.clone();
        async move {
            tokio::time::sleep(Duration::from_millis(1)).await;
            notes.note("slept");
        }
    };
    events.registry().on_async(handler).detach();
    Tick(1).enqueue_after(seconds(1)).expect("there is room");
    let text = failure(|| events.advance(seconds(1)));
    let remedy = "call `events.advance_async(..).await` instead";
    assert!(text.contains(remedy), "{text}");
    events.advance_async(Duration::ZERO).await;
    assert_eq!(journal.take(), "1 slept");
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_of_tokio_needs_no_call() {
    let (events, journal) = noting();
    events.registry().queue().spawn_tokio(1).detach();
    Tick(1).enqueue_after(seconds(3600)).expect("there is room");
    tokio::time::sleep(seconds(3599)).await;
    assert_eq!(journal.take(), "");
    tokio::time::sleep(seconds(2)).await;
    assert_eq!(journal.take(), "1");
}
