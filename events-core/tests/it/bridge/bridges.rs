//! Section 7: bridges from streams: conversion, filters, origins.

use std::{future::Future, pin::pin};

use events_core::{
    Emission, Event, Origin, Registry, bridge,
    bridges::{EndReason, Ended},
};
use tokio_stream::iter;

use crate::{Gate, Journal, block_on, poll_once};

/// An item of a source.
#[derive(Clone, Copy, Debug)]
pub(super) struct Order {
    pub(super) number: u32,
    pub(super) desk: &'static str,
}

#[derive(Event, Clone, Debug)]
pub(super) struct OrderPlaced {
    pub(super) number: u32,
}

impl From<Order> for OrderPlaced {
    fn from(Order { number, .. }: Order) -> Self {
        Self { number }
    }
}

pub(super) const ORDERS: [Order; 4] = [
    Order {
        number: 1,
        desk: "east",
    },
    Order {
        number: 2,
        desk: "west",
    },
    Order {
        number: 3,
        desk: "east",
    },
    Order {
        number: 4,
        desk: "north",
    },
];

/// A registry with a subscriber that notes each order with its origin: `3 from east`.
pub(super) fn recording_registry(journal: &Journal) -> Registry {
    let (registry, journal) = (Registry::new(), journal.clone());
    registry
        .on(move |order: &OrderPlaced, emission: &Emission| {
            let from = emission.origin().map(|origin| format!(" from {origin}"));
            journal.note(format!("{}{}", order.number, from.unwrap_or_default()));
        })
        .detach();
    registry
}

/// The reason of the end, and the counts of items, of events, of items left out, and of errors.
pub(super) fn reason_and_counts(ended: &Ended) -> (&'static str, [usize; 4]) {
    let why = match ended.why() {
        EndReason::SourceEnded => "source",
        EndReason::Stopped => "stop",
        EndReason::RegistryGone => "registry",
        EndReason::Panicked(_) => "panic",
        EndReason::Dropped => "drop",
        _ => "unknown",
    };
    let counts = [
        ended.came(),
        ended.emitted(),
        ended.left_out(),
        ended.errors(),
    ];
    (why, counts)
}

/// Runs a bridge over the four orders to the end of the stream.
#[track_caller]
pub(super) fn check<R: Future<Output = Ended>>(
    run: impl FnOnce(tokio_stream::Iter<std::array::IntoIter<Order, 4>>) -> R,
    expected: (&'static str, [usize; 4]),
    noted: &[&str],
) {
    check_on(recording_registry, run, expected, noted);
}

/// The same on another registry, which notes the events in a journal.
#[track_caller]
pub(super) fn check_on<R: Future<Output = Ended>>(
    registry: impl FnOnce(&Journal) -> Registry,
    run: impl FnOnce(tokio_stream::Iter<std::array::IntoIter<Order, 4>>) -> R,
    expected: (&'static str, [usize; 4]),
    noted: &[&str],
) {
    let journal = Journal::default();
    let _scope = registry(&journal).enter();
    let ended = block_on(run(iter(ORDERS)));
    assert_eq!(reason_and_counts(&ended), expected, "{ended}");
    assert_eq!(journal.take(), noted);
}

#[test]
fn the_items_of_a_stream_are_converted_into_events() {
    check(
        |orders| bridge(orders).to::<OrderPlaced>().run(),
        ("source", [4, 4, 0, 0]),
        &["1", "2", "3", "4"],
    );
}

#[test]
fn an_item_can_be_the_event_itself() {
    let ended = block_on(
        bridge(iter([OrderPlaced { number: 1 }]))
            .to::<OrderPlaced>()
            .run(),
    );
    assert_eq!(
        ended.to_string(),
        "the source has ended; 1 item came, 1 emitted, 0 left out, 0 errors"
    );
}

#[test]
fn filters_can_be_set_before_and_after_the_event_type() {
    check(
        |orders| {
            bridge(orders)
                .filter(|order| order.number > 1)
                .to::<OrderPlaced>()
                .filter(|order: &Order| order.number < 4)
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &["2", "3"],
    );
}

#[test]
fn items_of_other_senders_are_left_out_and_the_sender_is_the_origin() {
    check(
        |orders| {
            bridge(orders)
                .senders(|order| order.desk)
                .sender("east")
                .to::<OrderPlaced>()
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &["1 from east", "3 from east"],
    );
    check(
        |orders| {
            bridge(orders)
                .to::<OrderPlaced>()
                .senders(|order: &Order| Origin::from(order.desk))
                .sender("west")
                .sender("north")
                .origin("ignored")
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &["2 from west", "4 from north"],
    );
}

#[test]
fn a_sender_can_be_a_type_or_a_function() {
    struct Till;
    fn checkout() {}
    check(
        |orders| {
            bridge(orders)
                .senders(|order| match order.number {
                    1 => Origin::of::<Till>(),
                    _ => Origin::from(events_core::info::IntoKey::into_key(checkout)),
                })
                .sender(Origin::of::<Till>())
                .sender(checkout)
                .filter(|order| order.number < 3)
                .to::<OrderPlaced>()
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &[
            "1 from it::bridge::bridges::a_sender_can_be_a_type_or_a_function::Till",
            "2 from it::bridge::bridges::a_sender_can_be_a_type_or_a_function::checkout",
        ],
    );
}

#[test]
fn without_senders_all_events_have_the_origin_of_the_bridge() {
    check(
        |orders| bridge(orders).to::<OrderPlaced>().origin("till").run(),
        ("source", [4, 4, 0, 0]),
        &["1 from till", "2 from till", "3 from till", "4 from till"],
    );
}

#[test]
fn with_maps_an_item_to_an_event_or_leaves_it_out() {
    check(
        |orders| {
            bridge(orders)
                .with(|order| (order.desk != "east").then(|| OrderPlaced::from(order)))
                .run()
        },
        ("source", [4, 2, 2, 0]),
        &["2", "4"],
    );
}

#[test]
fn a_panic_of_a_subscriber_does_not_end_the_bridge() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    registry
        .on(|order: &OrderPlaced| assert_ne!(order.number, 1))
        .detach();
    let ended = block_on(bridge(iter(ORDERS)).to::<OrderPlaced>().on(&registry).run());
    assert_eq!(reason_and_counts(&ended), ("source", [4, 4, 0, 0]));
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[test]
fn a_bridge_uses_the_registry_that_was_current_and_keeps_it_current_while_it_runs() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    let inside = {
        let registry = registry.clone();
        move || assert_eq!(events_core::registry(), registry)
    };
    let subscriber = inside.clone();
    registry.on(move |_: &OrderPlaced| subscriber()).detach();
    let scope = registry.enter();
    let run = bridge(iter(ORDERS))
        .with(move |order| {
            inside();
            Some(OrderPlaced::from(order))
        })
        .run();
    drop(scope);
    assert_eq!(reason_and_counts(&block_on(run)), ("source", [4, 4, 0, 0]));
    assert_eq!(journal.take().len(), 4);
}

#[test]
fn the_next_item_is_read_after_the_async_subscribers_have_finished() {
    let registry = Registry::new();
    let (gate, journal) = (Gate::default(), Journal::default());
    let (handler_gate, notes) = (gate.clone(), journal.clone());
    registry
        .on_async(move |order: &OrderPlaced| {
            let (number, wait, journal) = (order.number, handler_gate.wait(), notes.clone());
            async move {
                wait.await;
                journal.note(number.to_string());
            }
        })
        .detach();
    let mut run = pin!(bridge(iter(ORDERS)).to::<OrderPlaced>().on(&registry).run());
    assert!(poll_once(run.as_mut()).is_pending());
    assert!(journal.take().is_empty());
    gate.open();
    assert!(poll_once(run.as_mut()).is_ready());
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[test]
fn a_bridge_from_an_always_ready_stream_yields_to_other_tasks() {
    let mut run = pin!(
        bridge(iter(0..1_000))
            .with(|number| Some(OrderPlaced { number }))
            .on(&Registry::new())
            .run()
    );
    // This registry is dropped already, so the bridge ends at once.
    assert!(poll_once(run.as_mut()).is_ready());

    let registry = Registry::new();
    let mut run = pin!(
        bridge(iter(0..1_000))
            .with(|number| Some(OrderPlaced { number }))
            .on(&registry)
            .run()
    );
    assert!(poll_once(run.as_mut()).is_pending());
    assert_eq!(
        reason_and_counts(&block_on(run)),
        ("source", [1_000, 1_000, 0, 0])
    );
}
