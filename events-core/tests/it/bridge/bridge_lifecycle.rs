//! Section 7: when a bridge ends, for which reason, and what is dropped with it.

use std::{
    pin::{Pin, pin},
    sync::mpsc,
    task::{Context, Poll},
};

use events_core::{Registry, bridge, bridges::Bridged};
use futures_core::Stream;
use tokio::sync::mpsc as tokio_mpsc;
use tokio_stream::{iter, wrappers::UnboundedReceiverStream};

use super::bridges::{ORDERS, Order, OrderPlaced, check, reason_and_counts, recording_registry};
use crate::{Journal, block_on, poll_once};

#[test]
fn a_panic_in_a_closure_ends_the_bridge_and_is_contained() {
    check(
        |orders| {
            bridge(orders)
                .with(|order| {
                    assert_ne!(order.number, 3, "three");
                    Some(OrderPlaced::from(order))
                })
                .run()
        },
        ("panic", [3, 2, 0, 0]),
        &["1", "2"],
    );
    check(
        |orders| {
            bridge(orders)
                .to::<OrderPlaced>()
                .filter(|_| panic!("in a filter"))
                .run()
        },
        ("panic", [1, 0, 0, 0]),
        &[],
    );
    let ended = block_on(
        bridge(iter(ORDERS))
            .with(|_| -> Option<OrderPlaced> { panic!("no {}", "order") })
            .run(),
    );
    let text = ended.to_string();
    assert!(
        text.starts_with("panicked: no order; 1 item came"),
        "{text}"
    );
}

#[test]
fn a_panic_in_the_stream_ends_the_bridge() {
    struct Broken;
    impl Stream for Broken {
        type Item = OrderPlaced;
        fn poll_next(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<OrderPlaced>> {
            panic!("broken")
        }
    }
    let ended = block_on(bridge(Broken).to::<OrderPlaced>().run());
    assert_eq!(reason_and_counts(&ended), ("panic", [0; 4]));
}

#[test]
fn a_bridge_ends_with_its_registry_and_does_not_keep_it_alive() {
    let registry = Registry::new();
    let (sender, receiver) = tokio_mpsc::unbounded_channel();
    let run = bridge(UnboundedReceiverStream::new(receiver))
        .to::<OrderPlaced>()
        .on(&registry)
        .run();
    let mut run = pin!(run);
    sender.send(ORDERS[0]).expect("the receiver exists");
    assert!(poll_once(run.as_mut()).is_pending());
    drop(registry);
    let Poll::Ready(ended) = poll_once(run.as_mut()) else {
        panic!("the bridge still runs");
    };
    assert_eq!(reason_and_counts(&ended), ("registry", [1, 1, 0, 0]));
}

#[test]
fn dropping_the_bridge_future_cancels_its_running_emit() {
    let registry = Registry::new();
    let (held, drops) = mpsc::channel::<()>();
    registry
        .on_async(move |_: &OrderPlaced| {
            let held = held.clone();
            async move {
                std::future::pending::<()>().await;
                drop(held);
            }
        })
        .detach();
    let mut run = Box::pin(bridge(iter(ORDERS)).to::<OrderPlaced>().on(&registry).run());
    assert!(poll_once(run.as_mut()).is_pending());
    drop(run);
    drop(registry);
    assert_eq!(drops.recv(), Err(mpsc::RecvError));
}

/// A bridge on a thread of its own, and the sender whose drop ends its stream.
fn spawn_bridge(registry: &Registry) -> (tokio_mpsc::UnboundedSender<Order>, Bridged) {
    let (sender, receiver) = tokio_mpsc::unbounded_channel();
    let bridged = bridge(UnboundedReceiverStream::new(receiver))
        .to::<OrderPlaced>()
        .on(registry)
        .spawn();
    (sender, bridged)
}

#[test]
fn a_bridge_on_a_thread_ends_with_its_stream() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    let (sender, bridged) = spawn_bridge(&registry);
    for order in ORDERS {
        sender.send(order).expect("the receiver exists");
    }
    drop(sender);
    assert_eq!(reason_and_counts(&bridged.wait()), ("source", [4, 4, 0, 0]));
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[test]
fn stopping_a_waiting_bridge_ends_it_and_drops_its_stream() {
    let registry = Registry::new();
    let (sender, bridged) = spawn_bridge(&registry);
    let received = registry.next::<OrderPlaced>();
    sender.send(ORDERS[0]).expect("the receiver exists");
    block_on(received).expect("the registry exists");
    assert_eq!(reason_and_counts(&bridged.stop()), ("stop", [1, 1, 0, 0]));
    assert!(sender.is_closed());

    let (sender, bridged) = spawn_bridge(&registry);
    assert_eq!(
        reason_and_counts(&block_on(bridged.stop_async())),
        ("stop", [0; 4])
    );
    assert!(sender.is_closed());

    let (sender, bridged) = spawn_bridge(&registry);
    drop(bridged);
    block_on(sender.closed());
}

#[test]
fn a_detached_bridge_keeps_running() {
    let registry = Registry::new();
    let (sender, bridged) = spawn_bridge(&registry);
    bridged.detach();
    let received = registry.next::<OrderPlaced>();
    sender.send(ORDERS[2]).expect("the receiver exists");
    assert_eq!(block_on(received).map(|order| order.number), Some(3));
    drop(sender);
}
