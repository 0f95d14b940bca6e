//! The location of an emitted event is the line of the caller, for every emit method.

use events_core::{Event, Registry, args, emit};
use events_testing::EventMock;

use crate::failure;

#[derive(Event, Clone)]
#[event(topic = "located.saved")]
struct Saved {
    number: u32,
}

/// Checks that `emits` emits one event, and that the report shows the line that `emits` returns.
#[track_caller]
fn check(emits: impl FnOnce(&Registry) -> u32) {
    let events = EventMock::empty();
    events.fake_all();
    let line = emits(events.registry());
    let text = failure(|| events.assert_nothing_emitted());
    let location = format!(" at events-testing/tests/it/texts/source_location.rs:{line}");
    assert!(text.contains(&location), "`{location}` is not in: {text}");
    assert!(text.starts_with("1 event was emitted"), "{text}");
}

/// Evaluates the expression and returns its line.
macro_rules! at {
    ($emit:expr) => {{
        let _ = $emit;
        line!()
    }};
}

const fn saved() -> Saved {
    Saved { number: 1 }
}

#[test]
fn methods_of_events() {
    check(|_| at!(saved().emit()));
    check(|_| at!(saved().emit_from("shop")));
    check(|_| at!(saved().try_emit()));
    check(|_| at!(saved().try_emit_from("shop")));
    check(|_| at!(smol::block_on(saved().emit_async())));
    check(|_| at!(smol::block_on(saved().emit_async_from("shop"))));
    check(|_| at!(smol::block_on(saved().try_emit_async())));
    check(|_| at!(smol::block_on(saved().try_emit_async_from("shop"))));
    check(|_| at!(saved().enqueue()));
    check(|_| at!(saved().enqueue_from("shop")));
    check(|_| at!(events_core::emit_mut(&mut saved())));
    check(|_| at!(events_core::emit_topic("located.text", args! {})));
    check(|_| at!(events_core::try_emit_topic("located.text", args! {})));
}

#[test]
#[rustfmt::skip] // `at!` returns the line of a whole call
fn methods_of_registries() {
    check(|registry| at!(registry.emit(saved())));
    check(|registry| at!(registry.emit_from(saved(), "shop")));
    check(|registry| at!(registry.emit_mut(&mut saved())));
    check(|registry| at!(registry.try_emit(saved())));
    check(|registry| at!(registry.try_emit_from(saved(), "shop")));
    check(|registry| at!(smol::block_on(registry.emit_async(saved()))));
    check(|registry| at!(smol::block_on(registry.emit_async_from(saved(), "shop"))));
    check(|registry| at!(smol::block_on(registry.try_emit_async(saved()))));
    check(|registry| at!(smol::block_on(registry.try_emit_async_from(saved(), "shop"))));
    check(|registry| at!(registry.enqueue(saved())));
    check(|registry| at!(registry.enqueue_from(saved(), "shop")));
    check(|registry| at!(registry.emit_topic("located.text", args! {})));
    check(|registry| at!(registry.emit_topic_from("located.text", args! {}, "shop")));
    check(|registry| at!(registry.try_emit_topic("located.text", args! {})));
}

#[test]
fn builders_and_the_macro_emit() {
    check(|_| at!(Saved::builder().number(1).emit()));
    check(|_| at!(Saved::builder().number(1).try_emit()));
    check(|_| at!(smol::block_on(Saved::builder().number(1).emit_async())));
    check(|_| at!(Saved::builder().number(1).enqueue()));
    check(|_| at!(emit!(Saved, number = 1)));
    check(|_| at!(emit!(Saved, number = 1; origin = "shop")));
}
