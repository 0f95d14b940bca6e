//! The queue and the limit of nested emits.

use std::{
    pin::pin,
    sync::{Arc, Mutex},
    task::{Context, Waker},
    time::Duration,
};

use events_core::{Emission, Event, Registry};

use crate::faults::scenario::{Calls, One, Two};

#[derive(Event, Clone)]
#[event(topic = "faults::three")]
struct Three(bool);

/// An emit that runs its deferred handlers at once counts once against the depth limit.
#[test]
fn a_deferred_handler_that_runs_at_once_is_one_level_deep() {
    let registry = Registry::new();
    registry.set_depth_limit(2);
    registry.queue().set_capacity(1);
    registry.enqueue(Two).expect("there is room for one");
    let (inner, calls) = (registry.clone(), Calls::default());
    let note = calls.clone();
    registry.on(move |_: &Two| note.note("two")).detach();
    let emits = move |_: &One| _ = inner.try_emit(Two).is_ok();
    let subscription = registry.on_deferred(emits);
    registry.emit(One);
    drop(subscription);
    assert_eq!(calls.list(), ["two"]);
}

/// A flush at the depth limit starts no event.
#[test]
fn a_flush_at_the_depth_limit_loses_no_event() {
    let registry = Registry::new();
    registry.set_depth_limit(1);
    let (inner, calls) = (registry.clone(), Calls::default());
    let note = calls.clone();
    registry.on(move |_: &Two| note.note("two")).detach();
    let subscription = registry.on(move |_: &One| _ = inner.queue().flush());
    registry.enqueue(Two).expect("there is room");
    registry.emit(One);
    drop(subscription);
    registry.queue().flush();
    assert_eq!(calls.list(), ["two"]);
}

/// `runs` is called by a handler, at the depth limit, and starts no event. Returns how many events wait in
/// the queue afterwards.
fn queued_after(send: fn(&Registry), runs: fn(&Registry)) -> usize {
    let registry = Registry::new();
    let (inner, calls) = (registry.clone(), Calls::default());
    let note = calls.clone();
    registry
        .on_deferred(move |_: &Two| note.note("two"))
        .detach();
    send(&registry);
    registry.set_depth_limit(1);
    let subscription = registry.on(move |_: &One| runs(&inner));
    registry.emit(One);
    drop(subscription);
    let queued = registry.queue().len();
    assert!(calls.list().is_empty());
    registry.queue().flush();
    assert_eq!(calls.list().len(), queued);
    queued
}

/// An enqueued event, and the snapshot of one that was emitted.
const SENDS: [fn(&Registry); 2] = [
    |registry| registry.enqueue(Two).expect("there is room"),
    |registry| _ = registry.emit(Two),
];

#[test]
fn no_call_at_the_depth_limit_loses_an_event() {
    for send in SENDS {
        let flush = |registry: &Registry| assert_eq!(registry.queue().flush().left(), 1);
        assert_eq!(queued_after(send, flush), 1);
        let settle =
            |registry: &Registry| assert!(!registry.queue().settle(Duration::from_secs(3600)));
        assert_eq!(queued_after(send, settle), 1);
        let work = |registry: &Registry| {
            let mut work = pin!(registry.queue().work(1));
            let context = &mut Context::from_waker(Waker::noop());
            assert!(work.as_mut().poll(context).is_ready());
        };
        assert_eq!(queued_after(send, work), 1);
        let shutdown = |registry: &Registry| {
            let unfinished = registry.queue().shutdown(Duration::from_secs(3600));
            assert_eq!(unfinished.events.len(), 1);
        };
        assert_eq!(queued_after(send, shutdown), 0);
    }
}

/// A handler that runs at once belongs to the same emission as the sync ones.
#[test]
fn a_deferred_handler_that_runs_at_once_has_the_emission_of_the_emit() {
    let registry = Registry::new();
    registry.queue().set_capacity(1);
    registry.enqueue(Two).expect("there is room for one");
    let emissions = Arc::new(Mutex::new(Vec::new()));
    let note = |emission: &Emission| (emission.id(), emission.parent());
    let (seen, inner) = (Arc::clone(&emissions), registry.clone());
    registry
        .on(move |event: &Three, emission: &Emission| {
            seen.lock().expect("no panic").push(note(emission));
            if event.0 {
                inner.emit(Three(false));
            }
        })
        .detach();
    let seen = Arc::clone(&emissions);
    registry
        .on_deferred(move |_: &Three, emission: &Emission| {
            seen.lock().expect("no panic").push(note(emission));
        })
        .detach();
    registry.emit(Three(true));
    let emissions = emissions.lock().expect("no panic");
    let [outer, inner, inner_deferred, outer_deferred] = emissions[..] else {
        panic!("{emissions:?}");
    };
    assert_eq!((outer, inner), (outer_deferred, inner_deferred));
    assert_eq!((outer.1, inner.1), (None, Some(outer.0)));
}
