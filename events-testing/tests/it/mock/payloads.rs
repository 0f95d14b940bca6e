//! The payload of a panic of the user's code may panic itself, when it is dropped. It affects neither the code
//! that emits nor the test harness.

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};

use events_core::{Event, Registry};
use events_testing::EventMock;

/// Panics when it is dropped.
struct Payload;

impl Drop for Payload {
    fn drop(&mut self) {
        panic!("a payload is dropped");
    }
}

/// Its destructor panics with a payload.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic_any(Payload);
    }
}

#[derive(Event, Clone)]
#[event(topic = "payloads.saved")]
struct Saved;

#[derive(Event)]
#[event(topic = "payloads.cloned")]
struct Fragile;

impl Clone for Fragile {
    fn clone(&self) -> Self {
        panic_any(Payload)
    }
}

/// Its clone is dropped by the mock.
#[derive(Event)]
#[event(topic = "payloads.dropped")]
struct DropsClone(Option<std::sync::Arc<Bomb>>);

impl Clone for DropsClone {
    fn clone(&self) -> Self {
        Self(Some(std::sync::Arc::new(Bomb)))
    }
}

/// The text of a panic. Its payload is dropped, as the test harness drops it.
fn text_of(f: impl FnOnce()) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    let text = payload.downcast_ref::<String>().cloned();
    let text = text.or_else(|| {
        payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
    });
    drop(payload);
    Some(text.unwrap_or_default())
}

/// A name, what a test does, and a part of the text of its failure.
type Row = (&'static str, fn(), Option<&'static str>);

const ROWS: &[Row] = &[
    (
        "a matching that panics",
        || {
            let mock = EventMock::empty();
            let matching = |_: &Saved| -> bool { panic_any(Payload) };
            mock.expect::<Saved>().matching(matching);
            Saved.emit();
        },
        Some("`matching` panicked at #1: with a payload that is not a string"),
    ),
    (
        "a clone that panics",
        || {
            let mock = EventMock::empty();
            mock.expect::<Fragile>();
            Fragile.emit();
            Fragile.enqueue().expect("it is withheld");
        },
        None,
    ),
    (
        "a matching whose drop panics",
        || {
            let mock = EventMock::empty();
            let bomb = Bomb;
            mock.expect::<Saved>().matching(move |_| {
                let _ = &bomb;
                true
            });
            Saved.emit();
        },
        Some("a destructor panicked with a payload that is not a string"),
    ),
    (
        "a clone whose drop panics, when the mock is cleared",
        || {
            let mock = EventMock::empty();
            std::mem::forget(DropsClone(None).emit());
            mock.clear();
        },
        Some("a destructor panicked with a payload that is not a string"),
    ),
    (
        "a handler whose drop panics, in the registry of the mock",
        || {
            let mock = EventMock::empty();
            let bomb = Bomb;
            let registry: Registry = events_core::registry();
            registry.on(move |_: &Saved| _ = &bomb).detach();
            drop((registry, mock));
        },
        None,
    ),
];

#[test]
fn the_payload_of_a_panic_is_contained() {
    for (name, run, expected) in ROWS {
        let text = catch_unwind(|| text_of(run));
        let text = text.unwrap_or_else(|payload| {
            std::mem::forget(payload);
            panic!("a payload was not contained: {name}")
        });
        match (text, expected) {
            (None, None) => {}
            (Some(text), Some(expected)) => assert!(text.contains(expected), "{name}: {text}"),
            (text, _) => panic!("{name}: {text:?}"),
        }
    }
}
