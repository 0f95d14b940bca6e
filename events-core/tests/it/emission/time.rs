//! Section 12: when an event was emitted.

use std::{
    sync::{Arc, Mutex},
    task::Poll,
    time::{Duration, SystemTime},
};

use events_core::{AnyEvent, Emission, Event, Registry, args};

use crate::{Gate, block_on, poll_once};

#[derive(Event, Clone)]
struct Placed;

#[derive(Event, Clone)]
struct Plain;

type Times = Arc<Mutex<Vec<SystemTime>>>;

fn noting() -> (Times, impl Fn(&Emission) + Clone + Send + Sync + 'static) {
    let times = Times::default();
    let store = times.clone();
    let note = move |emission: &Emission| store.lock().expect("no panic").push(emission.time());
    (times, note)
}

/// All of these are one time, and it is between `from` and `to`.
#[track_caller]
fn check(times: &Times, count: usize, [from, to]: [SystemTime; 2]) {
    let times = std::mem::take(&mut *times.lock().expect("no panic"));
    assert_eq!(times.len(), count);
    assert!(times.iter().all(|time| *time == times[0]), "{times:?}");
    assert!(
        from <= times[0] && times[0] <= to,
        "{from:?} {times:?} {to:?}"
    );
}

/// Until the clock has advanced.
fn later() -> SystemTime {
    let start = SystemTime::now();
    loop {
        let now = SystemTime::now();
        if now > start + Duration::from_nanos(100) {
            return now;
        }
    }
}

/// A registry with handlers of each kind, which note the time of their emission.
fn registry() -> (Registry, Times) {
    let registry = Registry::new();
    let (times, note) = noting();
    let sync = note.clone();
    registry
        .on(move |_: &Placed, emission: &Emission| sync(emission))
        .detach();
    registry.on(|_: &Placed| _ = later()).detach();
    let pattern = note.clone();
    registry
        .on_topic(
            ".*::Placed|named",
            move |_: &dyn AnyEvent, emission: &Emission| pattern(emission),
        )
        .expect("a pattern")
        .detach();
    let in_async = note.clone();
    registry
        .on_async(move |_: &Placed, emission: &Emission| {
            let (note, emission) = (in_async.clone(), emission.clone());
            async move { note(&emission) }
        })
        .detach();
    registry
        .on_deferred(move |_: &Placed, emission: &Emission| note(emission))
        .detach();
    (registry, times)
}

#[test]
fn all_handlers_of_an_emission_have_the_time_of_the_emit() {
    let (registry, times) = registry();
    let queue = registry.queue();
    let from = SystemTime::now();
    registry.emit(Placed);
    let to = later();
    let _ = queue.flush();
    check(&times, 4, [from, to]);

    let from = SystemTime::now();
    block_on(registry.emit_async(Placed));
    let to = later();
    let _ = queue.flush();
    check(&times, 4, [from, to]);
}

#[test]
fn the_time_of_an_enqueued_event_is_that_of_the_call() {
    let (registry, times) = registry();
    let queue = registry.queue();
    let from = SystemTime::now();
    registry.enqueue(Placed).expect("room");
    let to = SystemTime::now();
    later();
    let _ = queue.flush();
    check(&times, 4, [from, to]);

    let from = SystemTime::now();
    registry.enqueue_topic("named", args! {}).expect("room");
    let to = SystemTime::now();
    later();
    let _ = queue.flush();
    check(&times, 1, [from, to]);
}

/// No subscriber of the event takes its emission when it is enqueued.
#[test]
fn a_subscriber_that_comes_later_has_the_time_of_the_run() {
    let registry = Registry::new();
    let (times, note) = noting();
    registry.enqueue(Plain).expect("room");
    let run = later();
    registry
        .on(move |_: &Plain, emission: &Emission| note(emission))
        .detach();
    let _ = registry.queue().flush();
    check(&times, 1, [run, SystemTime::now()]);
}

/// An async handler that is pending has the same time when it is resumed, on whatever depth.
#[test]
fn a_suspended_emission_keeps_its_time_and_its_id() {
    let registry = Registry::new();
    let (times, note) = noting();
    let gate = Gate::default();
    let wait = gate.clone();
    let in_awaited = note.clone();
    registry
        .on_awaited_with(wait, async |_: &mut Placed, gate: &Gate| gate.wait().await)
        .detach();
    let behind = move |_: &Placed, emission: &Emission| in_awaited(emission);
    registry
        .subscribe(behind)
        .priority(-1)
        .register()
        .expect("valid")
        .detach();
    registry
        .on_deferred(move |_: &Placed, emission: &Emission| note(emission))
        .detach();
    let from = SystemTime::now();
    let mut emit = Box::pin(registry.emit_async(Placed));
    assert!(poll_once(emit.as_mut()).is_pending());
    let to = SystemTime::now();
    later();
    gate.open();
    let nesting = Registry::new();
    let emit = Mutex::new(Some(emit));
    nesting
        .on(move |_: &Plain| {
            let emit = emit.lock().expect("no panic").take().expect("once");
            assert!(matches!(poll_once(emit), Poll::Ready(Placed)));
        })
        .detach();
    assert!(nesting.try_emit(Plain).is_ok());
    let _ = registry.queue().flush();
    check(&times, 2, [from, to]);
}

/// The time of another emission is not that of this one.
#[test]
fn each_emission_has_its_own_time() {
    let (registry, times) = registry();
    registry.emit(Placed);
    later();
    registry.emit(Placed);
    let _ = registry.queue().flush();
    let mut times = times.lock().expect("no panic").clone();
    times.sort();
    times.dedup();
    assert_eq!(times.len(), 2);
    let of = Emission::of::<Placed>();
    assert_eq!(of.time(), of.clone().time());
}
