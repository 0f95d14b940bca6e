//! Section 12: where an event was emitted.

use std::sync::Arc;

use events_core::{
    AnyEvent, Emission, Event, EventCopy, Registry, args, info::Location, subscriber, subscribers,
};

use crate::{Journal, block_on};

#[derive(Event, Clone)]
struct Placed;

#[derive(Event, Clone)]
struct Nested;

/// The lines of `Placed` that each kind of handler has seen, in order.
fn observed() -> (Registry, Arc<Journal>) {
    let registry = Registry::new();
    let journal = Arc::new(Journal::default());
    macro_rules! note {
        ($kind:literal) => {{
            let journal = journal.clone();
            move |emission: &Emission| {
                let location = emission.location();
                let line = location.map_or("unknown".to_owned(), |location: Location| {
                    assert_eq!(location.file(), file!());
                    location.line().to_string()
                });
                journal.note(format!("{} {line}", $kind));
            }
        }};
    }
    let sync = note!("sync");
    registry
        .on(move |_: &Placed, emission: &Emission| sync(emission))
        .detach();
    let pattern = note!("pattern");
    let by_topic = move |_: &dyn AnyEvent, emission: &Emission| pattern(emission);
    registry
        .on_topic(".*::Placed|named", by_topic)
        .expect("a pattern")
        .detach();
    let state = note!("awaited");
    registry
        .on_awaited_with(
            state,
            async |_: &mut Placed, state: &_, emission: &Emission| {
                call(state, emission);
            },
        )
        .detach();
    let run_async = Arc::new(note!("async"));
    registry
        .on_async(move |_: &Placed, emission: &Emission| {
            let (run_async, emission) = (run_async.clone(), emission.clone());
            async move { run_async(&emission) }
        })
        .detach();
    let deferred = note!("deferred");
    registry
        .on_deferred(move |_: &Placed, emission: &Emission| deferred(emission))
        .detach();
    let copy = note!("copy");
    let by_copy = move |_: &EventCopy, emission: &Emission| copy(emission);
    registry
        .on_topic_deferred(".*::Placed|named", by_copy)
        .expect("a pattern")
        .detach();
    (registry, journal)
}

fn call(state: &impl Fn(&Emission), emission: &Emission) {
    state(emission);
}

/// Each handler has the line.
#[track_caller]
fn check(journal: &Journal, kinds: &[&str], line: u32) {
    let mut seen = journal.take();
    seen.sort();
    let mut expected: Vec<_> = kinds.iter().map(|kind| format!("{kind} {line}")).collect();
    expected.sort();
    assert_eq!(seen, expected);
}

const ALL: [&str; 6] = ["sync", "pattern", "awaited", "async", "deferred", "copy"];
const SYNC: [&str; 5] = ["sync", "pattern", "async", "deferred", "copy"];
const NAMED: [&str; 2] = ["pattern", "copy"];

#[test]
fn each_way_to_emit_is_located() {
    let (registry, journal) = observed();
    let queue = registry.queue();
    registry.emit(Placed);
    let line = line!() - 1;
    let _ = queue.flush();
    check(&journal, &SYNC, line);

    let _ = registry.try_emit(Placed); // an error, since one is awaited
    let line = line!() - 1;
    let _ = queue.flush();
    check(&journal, &SYNC, line);

    block_on(registry.emit_async(Placed));
    let line = line!() - 1;
    let _ = queue.flush();
    check(&journal, &ALL, line);

    registry.enqueue(Placed).expect("room");
    let line = line!() - 1;
    let _ = queue.flush();
    check(&journal, &ALL, line);

    registry.enqueue_from(Placed, "console").expect("room");
    let line = line!() - 1;
    let _ = queue.flush();
    check(&journal, &ALL, line);

    registry.emit_topic("named", args! {});
    let line = line!() - 1;
    let _ = queue.flush();
    check(&journal, &NAMED, line);

    registry.enqueue_topic("named", args! {}).expect("room");
    let line = line!() - 1;
    let _ = queue.flush();
    check(&journal, &NAMED, line);

    let _scope = registry.enter();
    Placed.emit_from("console");
    let line = line!() - 1;
    let _ = queue.flush();
    check(&journal, &SYNC, line);

    Placed.enqueue().expect("room");
    let line = line!() - 1;
    let _ = queue.flush();
    check(&journal, &ALL, line);
}

/// A nested emit has a place of its own, and the outer one keeps its place, also at a depth that was used before.
#[test]
fn nested_emits_have_their_own_places() {
    let registry = Registry::new();
    let journal = Journal::default();
    let [before, nested, after] = [(); 3].map(|()| journal.clone());
    let line = |emission: &Emission| emission.location().expect("known").line().to_string();
    registry
        .on(move |_: &Nested, emission: &Emission| nested.note(line(emission)))
        .detach();
    registry
        .on(move |_: &Placed, emission: &Emission| before.note(line(emission)))
        .detach();
    registry.on(|_: &Placed| _ = Nested.emit()).detach();
    let inner = (line!() - 1).to_string();
    registry
        .on(move |_: &Placed, emission: &Emission| after.note(line(emission)))
        .detach();
    let _scope = registry.enter();
    for _ in 0..2 {
        Placed.emit();
        let outer = (line!() - 1).to_string();
        assert_eq!(journal.take(), [outer.clone(), inner.clone(), outer]);
    }
}

/// Nothing is stored for an event of which no subscriber takes an emission.
#[test]
fn an_event_that_was_enqueued_before_has_no_place() {
    let registry = Registry::new();
    registry.enqueue(Placed).expect("room");
    let seen = Arc::new(Journal::default());
    let journal = seen.clone();
    registry
        .on(move |_: &Placed, emission: &Emission| seen.note(format!("{:?}", emission.location())))
        .detach();
    let _ = registry.queue().flush();
    assert_eq!(journal.take(), ["None"]);
    let emission = Emission::of::<Placed>();
    let line = line!() - 1;
    let location = emission.location().expect("that of the call");
    assert_eq!(location.line(), line);
}

#[subscriber]
fn declared(_: &Placed, emission: &Emission) {
    assert_eq!(
        emission.location().map(|location| location.file()),
        Some(file!())
    );
}

#[test]
fn declared_subscribers_have_it_too() {
    let registry = Registry::with(subscribers![declared]);
    assert!(registry.try_emit(Placed).is_ok());
    registry.enqueue(Placed).expect("room");
    assert_eq!(registry.queue().flush().failures(), 0);
}
