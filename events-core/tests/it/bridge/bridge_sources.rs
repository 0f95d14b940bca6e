//! Section 11: bridges from a future, and from the receivers of tokio, without a wrapper.

use std::{
    future::{pending, ready},
    pin::Pin,
    rc::Rc,
    sync::{Arc, Mutex},
    task::{Context, Poll},
};

use events_core::{
    Event, Registry, bridge,
    bridges::{Bridged, Ended, OfFuture, OfStream},
};
use futures_core::Stream;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::bridges::{ORDERS, Order, OrderPlaced, reason_and_counts, recording_registry};
use crate::{Journal, block_on, poll_once};

type Running = Pin<Box<dyn Future<Output = Ended>>>;

/// The sending half of a channel.
trait Channel {
    fn send(&self, order: Order);

    /// Whether the receiver is dropped.
    fn is_closed(&self) -> bool;
}

impl Channel for mpsc::Sender<Order> {
    fn send(&self, order: Order) {
        self.try_send(order).expect("there is room");
    }

    fn is_closed(&self) -> bool {
        self.is_closed()
    }
}

impl Channel for mpsc::UnboundedSender<Order> {
    fn send(&self, order: Order) {
        self.send(order).expect("there is a receiver");
    }

    fn is_closed(&self) -> bool {
        self.is_closed()
    }
}

impl Channel for broadcast::Sender<Order> {
    fn send(&self, order: Order) {
        self.send(order).expect("there is a receiver");
    }

    fn is_closed(&self) -> bool {
        self.receiver_count() == 0
    }
}

impl Channel for watch::Sender<Order> {
    fn send(&self, order: Order) {
        self.send(order).expect("there is a receiver");
    }

    fn is_closed(&self) -> bool {
        self.is_closed()
    }
}

/// The sender of a channel, and the bridge of its receiver: as a future, or on a thread.
macro_rules! open {
    ($channel:expr, $registry:expr, $run:ident) => {{
        let (sender, receiver) = $channel;
        let orders = bridge(receiver).to::<OrderPlaced>().on($registry);
        (Box::new(sender), orders.$run())
    }};
}

type Open<T> = fn(&Registry) -> (Box<dyn Channel>, T);

const CHANNELS: [(&str, Open<Running>, Open<Bridged>); 4] = [
    (
        "mpsc",
        |registry| {
            let (sender, run) = open!(mpsc::channel(4), registry, run);
            (sender, Box::pin(run))
        },
        |registry| open!(mpsc::channel(4), registry, spawn),
    ),
    (
        "unbounded mpsc",
        |registry| {
            let (sender, run) = open!(mpsc::unbounded_channel(), registry, run);
            (sender, Box::pin(run))
        },
        |registry| open!(mpsc::unbounded_channel(), registry, spawn),
    ),
    (
        "broadcast",
        |registry| {
            let (sender, run) = open!(broadcast::channel(4), registry, run);
            (sender, Box::pin(run))
        },
        |registry| open!(broadcast::channel(4), registry, spawn),
    ),
    (
        "watch",
        |registry| {
            let (sender, run) = open!(watch::channel(ORDERS[3]), registry, run);
            (sender, Box::pin(run))
        },
        |registry| open!(watch::channel(ORDERS[3]), registry, spawn),
    ),
];

#[test]
fn each_value_of_a_receiver_becomes_an_event_and_dropped_senders_end_the_bridge() {
    for (name, open, _) in CHANNELS {
        let journal = Journal::default();
        let registry = recording_registry(&journal);
        let (sender, mut run) = open(&registry);
        assert!(poll_once(run.as_mut()).is_pending(), "{name}");
        for order in &ORDERS[..2] {
            sender.send(*order);
            assert!(poll_once(run.as_mut()).is_pending(), "{name}");
        }
        sender.send(ORDERS[2]);
        drop(sender);
        let ended = block_on(run);
        assert_eq!(
            reason_and_counts(&ended),
            ("source", [3, 3, 0, 0]),
            "{name}"
        );
        assert_eq!(journal.take(), ["1", "2", "3"], "{name}");
    }
}

#[test]
fn a_value_wakes_a_bridge_that_waits_for_it() {
    for (name, _, spawn) in CHANNELS {
        let registry = Registry::new();
        let (sender, bridged) = spawn(&registry);
        for order in &ORDERS[..3] {
            let received = registry.next::<OrderPlaced>();
            sender.send(*order);
            let received = block_on(received).map(|received| received.number);
            assert_eq!(received, Some(order.number), "{name}");
        }
        drop(sender);
        let ended = bridged.wait();
        assert_eq!(
            reason_and_counts(&ended),
            ("source", [3, 3, 0, 0]),
            "{name}"
        );
    }
}

#[test]
fn the_receiver_is_dropped_when_the_bridge_is_stopped_or_dropped() {
    for (name, open, spawn) in CHANNELS {
        let registry = Registry::new();
        let (sender, bridged) = spawn(&registry);
        let ended = bridged.stop();
        assert_eq!(reason_and_counts(&ended), ("stop", [0; 4]), "{name}");
        assert!(sender.is_closed(), "{name}");

        for polls in 0..3 {
            let (sender, mut run) = open(&registry);
            for _ in 0..polls {
                assert!(poll_once(run.as_mut()).is_pending(), "{name}");
            }
            assert!(!sender.is_closed(), "{name}");
            drop(run);
            assert!(sender.is_closed(), "{name}");
        }
    }
}

#[test]
fn a_bridge_of_a_receiver_ends_with_its_registry() {
    for (name, open, _) in CHANNELS {
        let registry = Registry::new();
        let (sender, mut run) = open(&registry);
        assert!(poll_once(run.as_mut()).is_pending(), "{name}");
        drop(registry);
        sender.send(ORDERS[0]);
        let Poll::Ready(ended) = poll_once(run.as_mut()) else {
            panic!("the bridge of {name} still runs");
        };
        assert_eq!(reason_and_counts(&ended), ("registry", [0; 4]), "{name}");
    }
}

/// Runs a bridge from a future that is dropped with the bridge.
#[track_caller]
fn check_future<T, E: Event>(
    future: impl Future<Output = T>,
    event: impl Fn(T) -> Option<E>,
    expected: (&'static str, [usize; 4]),
) {
    let registry = Registry::new();
    let run = bridge(future).with(event).on(&registry).run();
    assert_eq!(reason_and_counts(&block_on(run)), expected);
}

#[test]
fn the_output_of_a_future_is_the_only_item() {
    let placed = |number| Some(OrderPlaced { number });
    check_future(async { 1 }, placed, ("source", [1, 1, 0, 0]));
    check_future(ready(1), placed, ("source", [1, 1, 0, 0]));
    check_future(
        async { 1 },
        |_| None::<OrderPlaced>,
        ("source", [1, 0, 1, 0]),
    );
    check_future(async { panic!("no number") }, placed, ("panic", [0; 4]));

    /// Its destructor panics.
    struct Fragile;
    impl Future for Fragile {
        type Output = u32;
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u32> {
            Poll::Ready(1)
        }
    }
    impl Drop for Fragile {
        fn drop(&mut self) {
            panic!("on purpose");
        }
    }
    check_future(Fragile, placed, ("source", [1, 1, 0, 0]));
}

#[test]
fn an_error_of_a_future_of_results_is_counted() {
    let registry = Registry::new();
    let (sender, receiver) = oneshot::channel::<Order>();
    let order = bridge(receiver).results().to::<OrderPlaced>().on(&registry);
    sender.send(ORDERS[0]).expect("there is a receiver");
    let ended = block_on(order.run());
    assert_eq!(reason_and_counts(&ended), ("source", [1, 1, 0, 0]));

    let (sender, receiver) = oneshot::channel::<Order>();
    let order = bridge(receiver).results().to::<OrderPlaced>().on(&registry);
    drop(sender);
    let ended = block_on(order.run());
    assert_eq!(reason_and_counts(&ended), ("source", [1, 0, 0, 1]));
}

#[test]
fn a_future_is_dropped_when_it_is_ready_and_with_its_bridge() {
    let registry = Registry::new();
    let value = Arc::new(());
    let held = Arc::clone(&value);
    let holders = Arc::new(Mutex::new(0));
    let (counted, in_handler) = (Arc::clone(&holders), Arc::clone(&value));
    let count = move |_: &OrderPlaced| {
        *counted.lock().expect("not poisoned") = Arc::strong_count(&in_handler);
    };
    let _count = registry.on(count);
    let future = async move {
        drop(held.clone());
        ready(()).await;
        let _held = &held;
        1
    };
    let placed = |number| Some(OrderPlaced { number });
    _ = block_on(bridge(future).with(placed).on(&registry).run());
    assert_eq!(*holders.lock().expect("not poisoned"), 2);

    let held = Arc::clone(&value);
    let waits = async move {
        pending::<()>().await;
        drop(held);
        1
    };
    let bridged = bridge(waits).with(placed).on(&registry).spawn();
    assert_eq!(reason_and_counts(&bridged.stop()), ("stop", [0; 4]));
    assert_eq!(Arc::strong_count(&value), 2);
}

/// `run` needs no `Send`, neither of the items nor of the events.
#[test]
fn items_that_are_not_send_can_be_bridged_on_their_task() {
    #[derive(Event)]
    struct Local(Rc<u32>);

    let registry = Registry::new();
    let (sender, receiver) = mpsc::channel(1);
    sender.try_send(Rc::new(1)).expect("there is room");
    drop(sender);
    let run = bridge(receiver)
        .with(|value| Some(Local(value)))
        .on(&registry)
        .run();
    assert_eq!(reason_and_counts(&block_on(run)), ("source", [1, 1, 0, 0]));
    check_future(
        async { Rc::new(2) },
        |value| Some(Local(value)),
        ("source", [1, 1, 0, 0]),
    );
}

#[test]
fn a_type_that_is_a_stream_and_a_future_is_a_source_by_the_marker() {
    struct Both(u32);
    impl Future for Both {
        type Output = u32;
        fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<u32> {
            Poll::Ready(self.0)
        }
    }
    impl Stream for Both {
        type Item = u32;
        fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<u32>> {
            self.0 += 1;
            Poll::Ready((self.0 < 4).then_some(self.0))
        }
    }
    let registry = Registry::new();
    let placed = |number| Some(OrderPlaced { number });
    let stream = bridge::<_, OfStream>(Both(1)).with(placed).on(&registry);
    let future = bridge::<_, OfFuture>(Both(1)).with(placed).on(&registry);
    assert_eq!(block_on(stream.run()).emitted(), 2);
    assert_eq!(block_on(future.run()).emitted(), 1);
}
