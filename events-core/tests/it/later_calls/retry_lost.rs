//! What becomes of a retry when its subscriber goes, the queue is shut down, or user code panics.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use events_core::{Emission, Event, Registry, Subscription};

use super::{LATER, Time, Work};
use crate::{Journal, block_on, poll_once};

fn subscribe(registry: &Registry) -> Subscription {
    let handler = |work: &Work, emission: &Emission| work.run(emission.attempt());
    let new = registry.subscribe_deferred(handler).retry(3).concurrency(1);
    new.register().expect("it is valid")
}

#[test]
fn a_retry_does_not_run_after_its_subscriber_has_gone() {
    let registry = Registry::new();
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    let subscription = subscribe(&registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.queue().flush();
    assert_eq!(registry.queue().scheduled(), 1);
    drop(subscription);
    assert_eq!(registry.queue().scheduled(), 0);
    time.advance(3 * LATER);
    assert_eq!(journal.take(), ["1.1"]);
    assert!(registry.queue().settle(Duration::from_secs(60)));
}

#[test]
fn stopping_a_subscriber_does_not_wait_for_its_retries() {
    let registry = Registry::new();
    let journal = Journal::default();
    let _time = Time::of(&registry);
    let subscription = subscribe(&registry);
    registry.emit(Work::new(1, 1, &journal));
    registry.queue().flush();
    subscription.stop();
    assert_eq!(journal.take(), ["1.1"]);
}

#[test]
fn a_subscriber_that_unsubscribes_itself_is_not_called_again() {
    let registry = Registry::new();
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    let guard = Arc::new(std::sync::Mutex::new(None::<Subscription>));
    let own = Arc::clone(&guard);
    let handler = move |work: &Work, emission: &Emission| {
        let own = own.lock().expect("it is not poisoned").take();
        drop(own);
        work.run(emission.attempt())
    };
    let new = registry.subscribe_deferred(handler).retry(3);
    *guard.lock().expect("it is not poisoned") = Some(new.register().expect("it is valid"));
    registry.emit(Work::new(1, 2, &journal));
    assert_eq!(registry.queue().flush().failures(), 1);
    time.advance(3 * LATER);
    assert_eq!(journal.take(), ["1.1"]);
}

#[test]
fn a_shutdown_returns_the_events_that_wait_for_a_retry_with_the_attempt() {
    let registry = Registry::new();
    let journal = Journal::default();
    let time = Time::of(&registry);
    subscribe(&registry).detach();
    registry.emit(Work::new(1, 2, &journal));
    registry.emit(Work::new(2, 0, &journal));
    registry.emit(Work::new(3, 0, &journal));
    registry.queue().flush();
    drop(time);
    let unfinished = registry.queue().shutdown(Duration::from_secs(3600));
    let mut left: Vec<_> = unfinished
        .events
        .into_iter()
        .map(|event| {
            let (attempt, due) = (event.attempt(), event.due().is_some());
            let work = event.downcast::<Work>().expect("it is one");
            (work.number, attempt, due)
        })
        .collect();
    left.sort_unstable();
    assert_eq!(left, [(1, 2, true), (2, 1, false), (3, 1, false)]);
    assert_eq!(journal.take(), ["1.1"]);
}

#[test]
fn an_attempt_that_fails_while_the_queue_is_shut_down_is_returned_or_final() {
    let registry = Registry::new();
    let journal = Journal::default();
    subscribe(&registry).detach();
    registry.emit(Work::new(1, 9, &journal));
    let unfinished = registry.queue().shutdown(Duration::from_secs(3600));
    let [event] = &unfinished.events[..] else {
        panic!("{unfinished}");
    };
    assert_eq!(event.attempt(), 2);
    // From now on nothing is scheduled.
    registry.emit(Work::new(2, 9, &journal));
    assert_eq!(journal.take(), ["1.1", "2.1"]);
    assert_eq!(registry.queue().scheduled(), 0);
}

#[test]
fn a_retry_that_cannot_be_scheduled_is_a_failure() {
    let registry = Registry::new();
    let journal = Journal::default();
    let handler = async |work: &Work, emission: &Emission| work.run(emission.attempt());
    let new = registry.subscribe_async(handler).retry(3);
    new.register().expect("it is valid").detach();
    assert!(registry.queue().shutdown(Duration::ZERO).is_empty());
    let error = block_on(registry.try_emit_async(Work::new(1, 9, &journal)));
    let error = error.expect_err("it is final");
    assert_eq!(error.failures().len(), 1);
    assert!(error.failures()[0].is_final());
    assert!(error.to_string().contains("attempt 1 failed"));
}

/// An event whose second clone panics, or whose destructor does.
#[derive(Event)]
struct Hostile {
    clones: Arc<AtomicU32>,
    panics_in_clone: bool,
    panics_in_drop: bool,
    calls: Arc<AtomicU32>,
}

impl Clone for Hostile {
    fn clone(&self) -> Self {
        let clones = self.clones.fetch_add(1, Ordering::Relaxed);
        assert!(!self.panics_in_clone || clones == 0, "in Clone");
        Self {
            clones: Arc::clone(&self.clones),
            calls: Arc::clone(&self.calls),
            ..*self
        }
    }
}

impl Drop for Hostile {
    fn drop(&mut self) {
        assert!(!self.panics_in_drop, "in Drop");
    }
}

#[test]
fn panics_in_clone_and_drop_of_the_event_are_contained() {
    for (panics_in_clone, panics_in_drop, calls) in [(true, false, 1), (false, true, 4)] {
        let registry = Registry::new();
        let handler = |event: &Hostile| {
            event.calls.fetch_add(1, Ordering::Relaxed);
            Err::<(), _>("refused")
        };
        let new = registry.subscribe_deferred(handler).retry(3).concurrency(1);
        new.register().expect("it is valid").detach();
        let mut time = Time::of(&registry);
        let event = Hostile {
            clones: Arc::default(),
            panics_in_clone,
            panics_in_drop,
            calls: Arc::default(),
        };
        let called = Arc::clone(&event.calls);
        let emitted = catch_unwind(AssertUnwindSafe(|| drop(registry.emit(event))));
        assert_eq!(emitted.is_err(), panics_in_drop);
        time.advance(60 * LATER);
        assert_eq!(called.load(Ordering::Relaxed), calls);
        assert_eq!(registry.queue().scheduled(), 0);
        assert!(registry.queue().settle(Duration::from_secs(60)));
    }
}

#[test]
fn an_emit_that_is_dropped_while_an_attempt_runs_is_not_repeated() {
    let registry = Registry::new();
    let handler = async |work: &Work| {
        work.journal.note("begins");
        std::future::pending::<()>().await;
    };
    let new = registry.subscribe_async(handler).retry(3).concurrency(1);
    new.register().expect("it is valid").detach();
    let journal = Journal::default();
    let mut time = Time::of(&registry);
    let mut emit = Box::pin(registry.emit_async(Work::new(1, 0, &journal)));
    assert!(poll_once(&mut emit).is_pending());
    drop(emit);
    time.advance(60 * LATER);
    assert_eq!(journal.take(), ["begins"]);
    // Its permit is free.
    let mut emit = Box::pin(registry.emit_async(Work::new(2, 0, &journal)));
    assert!(poll_once(&mut emit).is_pending());
    assert_eq!(journal.take(), ["begins"]);
}

#[test]
fn a_registry_that_is_dropped_frees_its_retries_and_parked_events() {
    let journal = Journal::default();
    let fails = {
        let registry = Registry::new();
        subscribe(&registry).detach();
        let _time = Time::of(&registry);
        let works = [Work::new(1, 1, &journal), Work::new(2, 1, &journal)];
        let fails: Vec<_> = works.iter().map(|work| Arc::clone(&work.fails)).collect();
        for work in works {
            registry.emit(work);
        }
        registry.queue().flush();
        fails
    };
    assert!(fails.iter().all(|fails| Arc::strong_count(fails) == 1));
}
