//! Nested mocks: the inner mock hides the outer one until it is dropped.

use events_core::{Event, Registry};
use events_testing::{EventMock, current};

#[derive(Event)]
#[event(topic = "nested.saved")]
struct Saved;

#[derive(Event, Clone)]
#[event(topic = "nested.delivered")]
struct Delivered;

#[test]
fn the_inner_mock_hides_the_outer_one() {
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
fn an_inner_mock_starts_with_the_subscribers_scanned_under_the_outer_one() {
    let outer = EventMock::empty();
    events_core::scanner().module("it::peers::laravel").run();
    let check_subscribed = |events: &events_testing::Events| {
        events.assert_subscribed::<crate::peers::laravel::OrderShipped>(
            "it::peers::laravel::send_notification",
        );
    };
    check_subscribed(&outer);
    let inner = EventMock::install();
    check_subscribed(&inner);
    assert_ne!(inner.registry(), outer.registry());
}

#[test]
fn guards_can_be_dropped_in_any_order() {
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
fn two_mocks_over_one_registry() {
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
fn two_mocks_over_one_registry_can_be_dropped_in_any_order() {
    let registry = Registry::new();
    let delivered = registry.next::<Delivered>();
    let outer = EventMock::over(&registry);
    outer.fake_all();
    let inner = EventMock::over(&registry);
    inner.expect::<Saved>().times(1);
    drop(outer);
    registry.emit(Saved);
    drop(inner);
    // No mock is installed any more, so the event is delivered.
    registry.emit(Delivered);
    assert!(smol::block_on(delivered).is_some());
}

#[test]
fn run_installs_a_mock_for_a_part_of_a_test() {
    let outer = EventMock::empty();
    outer.expect::<Saved>().never();
    let result = EventMock::run(|events| {
        events.expect::<Saved>().times(1);
        Saved.emit();
        7
    });
    assert_eq!(result, 7);
}
