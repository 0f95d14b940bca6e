//! Section 11: bridges to a topic, and to one of several events.

use std::{
    future::Future,
    pin::pin,
    sync::{Arc, mpsc},
};

use events_core::{
    AnyEvent, Event, Origin, Registry, args, bridge,
    bridges::{Choice, Ended},
    signal_to_event,
};
use tokio_stream::iter;

use super::{
    bridge_callbacks::Desk,
    bridges::{ORDERS, Order, OrderPlaced, check_on, reason_and_counts},
};
use crate::{Gate, Journal, block_on, poll_once};

#[derive(Event, Clone)]
struct OrderCancelled {
    number: u32,
}

/// A registry with a pattern subscriber that notes each event: `desks::ordered(3) from east`.
fn recording_registry(journal: &Journal) -> Registry {
    let (registry, journal) = (Registry::new(), journal.clone());
    let note = move |event: &dyn AnyEvent| {
        let number = event.arg::<u32>("number").map(u32::to_string);
        let from = event.origin().map(|origin| format!(" from {origin}"));
        let name = event.topic().rsplit("::").next().unwrap_or_default();
        journal.note(format!(
            "{name}({}){}",
            number.unwrap_or_default(),
            from.unwrap_or_default()
        ));
    };
    let subscription = registry.on_topic("(?s).*", note).expect("a pattern");
    subscription.detach();
    registry
}

/// Runs a bridge over the four orders to the end of the stream.
#[track_caller]
fn check<R: Future<Output = Ended>>(
    run: impl FnOnce(tokio_stream::Iter<std::array::IntoIter<Order, 4>>) -> R,
    expected: (&'static str, [usize; 4]),
    noted: &[&str],
) {
    check_on(recording_registry, run, expected, noted);
}

#[test]
fn an_item_becomes_the_arguments_of_a_topic() {
    check(
        |orders| {
            bridge(orders)
                .to_topic("desks::ordered", |order| args! { number: order.number })
                .run()
        },
        ("source", [4, 4, 0, 0]),
        &["ordered(1)", "ordered(2)", "ordered(3)", "ordered(4)"],
    );
    let topic = String::from("desks::dynamic");
    check(
        |orders| {
            let of_east = |order: Order| (order.desk == "east").then(|| args! {});
            bridge(orders).to_topic(&topic, of_east).run()
        },
        ("source", [4, 2, 2, 0]),
        &["dynamic()", "dynamic()"],
    );
}

#[test]
fn the_origin_of_a_topic_is_the_sender_or_that_of_the_bridge() {
    check(
        |orders| {
            bridge(orders)
                .senders(|order| order.desk)
                .sender("east")
                .to_topic("desks::ordered", |order| args! { number: order.number })
                .filter(|order: &Order| order.number > 1)
                .run()
        },
        ("source", [4, 1, 3, 0]),
        &["ordered(3) from east"],
    );
    check(
        |orders| {
            bridge(orders)
                .filter(|order| order.number == 4)
                .to_topic("desks::ordered", |_| args! {})
                .origin("till")
                .run()
        },
        ("source", [4, 1, 3, 0]),
        &["ordered() from till"],
    );
}

#[test]
fn a_panic_of_a_topic_subscriber_does_not_end_the_bridge_and_one_of_its_closure_does() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    let fails = |event: &dyn AnyEvent| assert_ne!(event.arg::<u32>("number"), Some(&2));
    let _fails = registry.on_topic("desks::ordered", fails);
    let run = bridge(iter(ORDERS)).to_topic("desks::ordered", |order| {
        assert_ne!(order.number, 3, "three");
        args! { number: order.number }
    });
    let ended = block_on(run.on(&registry).run());
    assert_eq!(reason_and_counts(&ended), ("panic", [3, 2, 0, 0]));
    assert_eq!(journal.take(), ["ordered(1)", "ordered(2)"]);
}

/// The event of an order: all of them at one desk have another type.
fn choose(order: Order) -> Option<Choice> {
    let number = order.number;
    match order.desk {
        "east" => Some(OrderPlaced { number }.into()),
        "west" => Some(OrderCancelled { number }.into()),
        _ => Some(Choice::topic("desks::other", args! { number: number })),
    }
}

#[test]
fn an_item_becomes_one_of_several_events_or_none() {
    check(
        |orders| bridge(orders).choose(choose).run(),
        ("source", [4, 4, 0, 0]),
        &[
            "OrderPlaced(1)",
            "OrderCancelled(2)",
            "OrderPlaced(3)",
            "other(4)",
        ],
    );
    check(
        |orders| {
            bridge(orders)
                .senders(|order| order.desk)
                .choose(|order| match order.number {
                    1 => None,
                    _ => choose(order),
                })
                .run()
        },
        ("source", [4, 3, 1, 0]),
        &[
            "OrderCancelled(2) from west",
            "OrderPlaced(3) from east",
            "other(4) from north",
        ],
    );
    check(
        |orders| {
            bridge(orders)
                .choose(|order| {
                    assert_ne!(order.number, 2, "two");
                    choose(order)
                })
                .run()
        },
        ("panic", [2, 1, 0, 0]),
        &["OrderPlaced(1)"],
    );
}

#[test]
fn a_callback_becomes_a_topic_or_one_of_several_events() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    let desk = Desk::default();
    let connection = signal_to_event(&desk)
        .senders(|order| order.desk)
        .to_topic("desks::called", |order| {
            (order.number != 2).then(|| args! { number: order.number })
        })
        .on(&registry)
        .connect();
    desk.call(&ORDERS);
    let ended = connection.stop();
    assert_eq!(reason_and_counts(&ended), ("stop", [4, 3, 1, 0]));
    assert_eq!(
        journal.take(),
        [
            "called(1) from east",
            "called(3) from east",
            "called(4) from north"
        ]
    );

    let connection = signal_to_event(&desk)
        .choose(choose)
        .origin(Origin::from("desk"))
        .on(&registry)
        .connect();
    desk.call(&ORDERS[1..]);
    let ended = connection.stop();
    assert_eq!(reason_and_counts(&ended), ("stop", [3, 3, 0, 0]));
    assert_eq!(
        journal.take(),
        [
            "OrderCancelled(2) from desk",
            "OrderPlaced(3) from desk",
            "other(4) from desk"
        ]
    );
}

#[test]
fn the_async_subscribers_of_a_chosen_event_end_before_the_next_item_is_read() {
    let registry = Registry::new();
    let (gate, journal) = (Gate::default(), Journal::default());
    let (handler_gate, notes) = (gate.clone(), journal.clone());
    let waits = move |order: &OrderCancelled| {
        let (number, wait, journal) = (order.number, handler_gate.wait(), notes.clone());
        async move {
            wait.await;
            journal.note(format!("cancelled {number}"));
        }
    };
    registry.on_async(waits).detach();
    let notes = journal.clone();
    let placed = move |order: &OrderPlaced| notes.note(format!("placed {}", order.number));
    registry.on(placed).detach();
    let mut run = pin!(bridge(iter(ORDERS)).choose(choose).on(&registry).run());
    assert!(poll_once(run.as_mut()).is_pending());
    assert_eq!(journal.take(), ["placed 1"]);
    gate.open();
    assert!(poll_once(run.as_mut()).is_ready());
    assert_eq!(journal.take(), ["cancelled 2", "placed 3"]);
}

#[test]
fn dropping_the_bridge_drops_the_chosen_event_that_is_emitted() {
    #[derive(Event, Clone)]
    struct Holds(Arc<()>);

    let registry = Registry::new();
    let (held, drops) = mpsc::channel::<()>();
    let never = move |_: &Holds| {
        let held = held.clone();
        async move {
            std::future::pending::<()>().await;
            drop(held);
        }
    };
    let subscription = registry.on_async(never);
    let value = Arc::new(());
    let source = iter([Arc::clone(&value)]);
    let mut run = Box::pin(
        bridge(source)
            .choose(|value| Some(Holds(value).into()))
            .on(&registry)
            .run(),
    );
    assert!(poll_once(run.as_mut()).is_pending());
    assert_eq!(Arc::strong_count(&value), 2);
    drop(run);
    assert_eq!(Arc::strong_count(&value), 1);
    drop(subscription);
    assert_eq!(drops.recv(), Err(mpsc::RecvError));
}

/// Its destructor panics.
#[derive(Clone)]
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose");
    }
}

#[test]
fn a_panic_of_the_destructor_of_what_was_emitted_does_not_end_the_bridge() {
    #[derive(Event)]
    struct Fragile {
        _bomb: Bomb,
    }

    let registry = Registry::new();
    let topics = bridge(iter([1, 2])).to_topic("bombs::topic", |_| args! { bomb: Bomb });
    let ended = topics.on(&registry).spawn().wait();
    assert_eq!(reason_and_counts(&ended), ("source", [2, 2, 0, 0]));

    let chosen = bridge(iter([1, 2])).choose(|number| {
        Some(match number {
            1 => Fragile { _bomb: Bomb }.into(),
            _ => Choice::topic("bombs::chosen", args! { bomb: Bomb }),
        })
    });
    let ended = chosen.on(&registry).spawn().wait();
    assert_eq!(reason_and_counts(&ended), ("source", [2, 2, 0, 0]));
}

#[test]
fn these_bridges_run_on_a_thread_of_their_own() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    let numbers = bridge(iter([7, 8])).to_topic("desks::number", |number: u32| {
        args! { number: number }
    });
    let ended = numbers.on(&registry).spawn().wait();
    assert_eq!(reason_and_counts(&ended), ("source", [2, 2, 0, 0]));
    let chosen = bridge(iter(ORDERS)).choose(choose).on(&registry).spawn();
    assert_eq!(reason_and_counts(&chosen.wait()), ("source", [4, 4, 0, 0]));
    assert_eq!(journal.take().len(), 6);
}

#[test]
fn the_debug_output_of_a_run_shows_its_topic() {
    let orders = || bridge(iter(ORDERS));
    let typed = orders().to::<OrderPlaced>().run();
    let topic = orders().to_topic("a::topic", |_| args! {}).run();
    let chosen = orders().choose(choose).run();
    let texts = [
        format!("{typed:?}"),
        format!("{topic:?}"),
        format!("{chosen:?}"),
    ];
    let expected = [
        r#"Run("it::bridge::bridges::OrderPlaced")"#,
        r#"Run("a::topic")"#,
        r#"Run("one of several")"#,
    ];
    assert_eq!(texts, expected);
}
