//! Mocks inside mocks: the inner one hides the outer until it goes.

use events_core::{Event, Registry};
use events_testing::{EventMock, current};

#[derive(Event)]
#[event(topic = "nested.saved")]
struct Saved;

#[derive(Event, Clone)]
#[event(topic = "nested.heard")]
struct Heard;

#[test]
fn the_inner_one_hides_the_outer() {
    let outer = EventMock::empty();
    outer.expect::<Saved>().times(2);
    Saved.emit();
    {
        let inner = EventMock::empty();
        inner.expect::<Saved>().times(1);
        Saved.emit();
        current().assert_emitted::<Saved>().times(1);
    }
    Saved.emit();
    current().assert_emitted::<Saved>().times(2);
}

#[test]
fn an_inner_one_begins_with_what_the_outer_was_given_by_scans() {
    let outer = EventMock::empty();
    events_core::scanner().module("it::laravel").run();
    let subscribers = |events: &events_testing::Events| {
        events.assert_subscribed::<super::laravel::OrderShipped>("it::laravel::send_notification");
    };
    subscribers(&outer);
    let inner = EventMock::install();
    subscribers(&inner);
    assert_ne!(inner.registry(), outer.registry());
}

#[test]
fn guards_may_go_in_any_order() {
    let before = events_core::registry();
    let outer = EventMock::empty();
    let inner = EventMock::empty();
    inner.expect::<Saved>().times(1);
    drop(outer);
    Saved.emit();
    assert_eq!(events_core::registry(), *inner.registry());
    drop(inner);
    assert_eq!(events_core::registry(), before);
}

#[test]
fn two_over_one_registry() {
    let registry = Registry::new();
    let outer = EventMock::over(&registry);
    outer.expect::<Saved>().times(1);
    {
        let inner = EventMock::over(&registry);
        inner.expect::<Saved>().times(1);
        registry.emit(Saved);
    }
    registry.emit(Saved);
}

#[test]
fn two_over_one_registry_may_go_in_any_order() {
    let registry = Registry::new();
    let heard = registry.next::<Heard>();
    let outer = EventMock::over(&registry);
    outer.fake_all();
    let inner = EventMock::over(&registry);
    inner.expect::<Saved>().times(1);
    drop(outer);
    registry.emit(Saved);
    drop(inner);
    // Nobody keeps anything from its subscribers any more.
    registry.emit(Heard);
    assert!(smol::block_on(heard).is_some());
}

#[test]
fn run_is_for_a_part_of_a_test() {
    let outer = EventMock::empty();
    outer.expect::<Saved>().never();
    let seven = EventMock::run(|events| {
        events.expect::<Saved>().times(1);
        Saved.emit();
        7
    });
    assert_eq!(seven, 7);
}
