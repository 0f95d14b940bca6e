//! What happens to scheduled events when the queue is shut down, or its registry is dropped.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, SystemTime},
};

use events_core::{Event, Registry, failures::Undelivered, queues::Unfinished};

use super::{Stopped, Tick, seconds};

fn numbers(unfinished: Unfinished) -> Vec<u32> {
    let events = unfinished.events.into_iter();
    events
        .map(|event| event.downcast::<Tick>().expect("the type of the event").0)
        .collect()
}

#[test]
fn a_shutdown_runs_what_is_due_and_returns_the_rest_in_the_order_of_the_due_times() {
    let stopped = Stopped::new();
    let registry = &stopped.registry;
    let late = registry
        .enqueue_after(Tick(3), seconds(3))
        .expect("there is room");
    registry
        .enqueue_after(Tick(2), seconds(2))
        .expect("there is room");
    registry
        .enqueue_after(Tick(1), Duration::ZERO)
        .expect("there is room");
    let unfinished = registry.queue().shutdown(seconds(60));
    assert_eq!(stopped.journal.take(), ["1"]);
    let due: Vec<_> = unfinished
        .events
        .iter()
        .map(|event| event.due().expect("it is there"))
        .collect();
    assert!(due.is_sorted() && due[1] == due[0] + seconds(1));
    assert!(
        unfinished.to_string().contains("2 events left"),
        "{unfinished}"
    );
    assert_eq!(numbers(unfinished), [2, 3]);
    assert!(late.cancel().is_none(), "the shutdown has returned it");
    assert_eq!(registry.queue().scheduled(), 0);
}

#[test]
fn an_event_that_was_returned_can_be_scheduled_elsewhere_at_its_time() {
    let registry = Registry::new();
    let time = SystemTime::now() + seconds(1000);
    registry.enqueue_at(Tick(1), time).expect("there is room");
    let unfinished = registry.queue().shutdown(Duration::ZERO);
    let due = unfinished.events[0].due().expect("it is there");
    let error = due
        .duration_since(time)
        .unwrap_or_else(|error| error.duration());
    assert!(error < seconds(100), "{error:?}");
    assert!(unfinished.events[0].unfinished().is_none());
}

#[test]
fn a_queue_that_is_shut_down_schedules_nothing() {
    let registry = Registry::new();
    drop(registry.queue().shutdown(Duration::ZERO));
    let refused = registry
        .enqueue_after(Tick(1), seconds(1))
        .expect_err("it is refused");
    assert_eq!(refused.why(), Undelivered::ShutDown);
    assert_eq!(refused.into_event().0, 1);
    assert_eq!(registry.queue().scheduled(), 0);
}

#[test]
fn an_event_that_a_running_one_schedules_during_a_shutdown_is_returned() {
    let stopped = Stopped::new();
    let registry = stopped.registry.clone();
    let handle = registry.clone();
    registry
        .on(move |tick: &Tick| {
            handle
                .enqueue_after(Tick(tick.0 + 1), seconds(1))
                .expect("there is room");
        })
        .detach();
    registry.enqueue(Tick(1)).expect("there is room");
    assert_eq!(numbers(registry.queue().shutdown(seconds(60))), [2]);
}

/// A handler begins the shutdown, so that none waits for it.
#[test]
fn time_that_is_moved_on_runs_what_becomes_due_in_a_queue_that_accepts_no_further_events() {
    let mut stopped = Stopped::new();
    let registry = stopped.registry.clone();
    let handle = registry.downgrade();
    registry
        .on(move |tick: &Tick| {
            let registry = handle.upgrade().expect("the test has it");
            if tick.0 == 1 {
                drop(registry.queue().shutdown(seconds(60)));
                let due = registry.enqueue_after(Tick(2), seconds(1));
                due.expect("a running event may");
            }
        })
        .detach();
    registry.enqueue(Tick(1)).expect("there is room");
    assert_eq!(stopped.pass(seconds(60)), "1 2");
    assert!(registry.queue().is_empty());
}

#[test]
fn a_dropped_registry_drops_its_scheduled_events_and_contains_their_panics() {
    struct Counts(Arc<AtomicUsize>);
    impl Drop for Counts {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::Relaxed);
            panic!("a destructor of the test");
        }
    }
    #[derive(Event)]
    struct Held {
        counts: Counts,
    }

    let dropped = Arc::new(AtomicUsize::new(0));
    let registry = Registry::new();
    for _ in 0..2 {
        let counts = Counts(Arc::clone(&dropped));
        registry
            .enqueue_after(Held { counts }, seconds(1))
            .expect("there is room");
    }
    drop(registry);
    assert_eq!(dropped.load(Ordering::Relaxed), 2);
}
