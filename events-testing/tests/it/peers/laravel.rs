//! The assertions of Laravel's event fake, written with `events-testing`.

use events_core::{Event, subscriber};
use events_testing::{EventMock, current};

use crate::{check, failure};

#[derive(Event, Clone)]
#[event(topic = "laravel.order_shipped")]
pub(crate) struct OrderShipped {
    id: u32,
}

#[derive(Event, Clone)]
#[event(topic = "laravel.order_failed")]
struct OrderFailedToShip;

#[subscriber]
pub(crate) fn send_notification(_: &OrderShipped) {}

fn ship(id: u32) {
    OrderShipped { id }.emit();
}

/// `Event::fake()`.
#[events_testing::test]
fn fake() {
    let events = current();
    events.fake_all();
    ship(1);
    events.assert_emitted::<OrderShipped>();
}

/// `Event::fake([OrderCreated::class])`.
#[events_testing::test]
fn fake_a_subset() {
    let events = current();
    events.fake_only::<OrderShipped>();
    ship(1);
    events.assert_emitted::<OrderShipped>();
}

/// `Event::fake()->except([..])`.
#[events_testing::test]
fn fake_all_except() {
    let events = current();
    events.fake_except::<OrderFailedToShip>();
    ship(1);
    events.assert_emitted::<OrderShipped>();
}

/// `Event::assertDispatched(OrderShipped::class)`, with a count, and `assertDispatchedOnce`.
#[events_testing::test]
fn assert_dispatched() {
    let events = current();
    ship(1);
    events.assert_emitted::<OrderShipped>().times(1);
    ship(2);
    events.assert_emitted::<OrderShipped>().times(2);
    assert_eq!(
        failure(|| drop(events.assert_emitted::<OrderFailedToShip>()))
            .lines()
            .next(),
        Some("`laravel.order_failed` was not emitted")
    );
}

/// `Event::assertDispatched(fn (OrderShipped $event) => $event->order->id === $order->id)`.
#[events_testing::test]
fn assert_dispatched_with_a_condition() {
    let events = current();
    ship(1);
    assert!(
        events
            .emitted::<OrderShipped>()
            .iter()
            .any(|event| event.id == 1)
    );
    check(None, |events| {
        events
            .expect::<OrderShipped>()
            .matching(|event| event.id == 2);
        ship(1);
        ship(2);
    });
}

/// `Event::assertNotDispatched(OrderFailedToShip::class)`.
#[events_testing::test]
fn assert_not_dispatched() {
    let events = current();
    ship(1);
    events.assert_not_emitted::<OrderFailedToShip>();
    failure(|| events.assert_not_emitted::<OrderShipped>());
}

/// `Event::assertNothingDispatched()`.
#[events_testing::test]
fn assert_nothing_dispatched() {
    let events = current();
    events.assert_nothing_emitted();
    ship(1);
    failure(|| events.assert_nothing_emitted());
}

/// `Event::assertListening(OrderShipped::class, SendShipmentNotification::class)`.
#[events_testing::test]
fn assert_listening() {
    let events = current();
    events_core::scanner().module("it::peers::laravel").run();
    events.assert_subscribed::<OrderShipped>("it::peers::laravel::send_notification");
    events.assert_not_subscribed::<OrderFailedToShip>("it::peers::laravel::send_notification");
}

/// `Event::fakeFor(function () { .. })`.
#[events_testing::test]
fn fake_for_a_part_of_a_test() {
    let outer = current();
    EventMock::run(|events| {
        events.fake_all();
        ship(1);
        events.assert_emitted::<OrderShipped>();
    });
    ship(2);
    outer.assert_emitted::<OrderShipped>().times(1);
}

/// `Event::dispatched(OrderShipped::class)`, `Event::hasDispatched(..)`.
#[events_testing::test]
fn dispatched() {
    let events = current();
    ship(1);
    ship(2);
    let ids: Vec<_> = events
        .emitted::<OrderShipped>()
        .iter()
        .map(|event| event.id)
        .collect();
    assert_eq!(ids, [1, 2]);
    assert!(events.emitted::<OrderFailedToShip>().is_empty());
}
