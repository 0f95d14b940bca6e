//! Section 7: why a bridge ends, and what ends with it.

use std::{
    future::Future,
    pin::{Pin, pin},
    sync::mpsc,
    task::{Context, Poll, Waker},
};

use events_core::{Registry, bridge, bridges::Bridged};
use futures_core::Stream;
use tokio::sync::mpsc as tokio_mpsc;
use tokio_stream::{iter, wrappers::UnboundedReceiverStream};

use super::bridges::{ORDERS, Order, OrderPlaced, check, listening, told};
use crate::{Journal, block_on};

#[test]
fn a_panic_in_a_closure_ends_the_bridge_and_goes_no_further() {
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
    assert_eq!(told(&ended), ("panic", [0; 4]));
}

#[test]
fn a_bridge_keeps_no_registry_alive_and_ends_with_it() {
    let registry = Registry::new();
    let (sender, receiver) = tokio_mpsc::unbounded_channel();
    let run = bridge(UnboundedReceiverStream::new(receiver))
        .to::<OrderPlaced>()
        .on(&registry)
        .run();
    let mut run = pin!(run);
    let mut context = Context::from_waker(Waker::noop());
    sender.send(ORDERS[0]).expect("it listens");
    assert!(run.as_mut().poll(&mut context).is_pending());
    drop(registry);
    let Poll::Ready(ended) = run.as_mut().poll(&mut context) else {
        panic!("it goes on");
    };
    assert_eq!(told(&ended), ("registry", [1, 1, 0, 0]));
}

#[test]
fn dropping_the_future_drops_the_event_that_is_under_way() {
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
    let mut context = Context::from_waker(Waker::noop());
    assert!(run.as_mut().poll(&mut context).is_pending());
    drop(run);
    drop(registry);
    assert_eq!(drops.recv(), Err(mpsc::RecvError));
}

/// A stream that ends when the sender goes, on a thread of its own, and the journal of what is heard.
fn spawned(registry: &Registry) -> (tokio_mpsc::UnboundedSender<Order>, Bridged) {
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
    let registry = listening(&journal);
    let (sender, bridged) = spawned(&registry);
    for order in ORDERS {
        sender.send(order).expect("it listens");
    }
    drop(sender);
    assert_eq!(told(&bridged.wait()), ("source", [4, 4, 0, 0]));
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[test]
fn stopping_ends_a_bridge_that_waits_and_drops_its_stream() {
    let registry = Registry::new();
    let (sender, bridged) = spawned(&registry);
    let heard = registry.next::<OrderPlaced>();
    sender.send(ORDERS[0]).expect("it listens");
    block_on(heard).expect("the registry is there");
    assert_eq!(told(&bridged.stop()), ("stop", [1, 1, 0, 0]));
    assert!(sender.is_closed());

    let (sender, bridged) = spawned(&registry);
    assert_eq!(told(&block_on(bridged.stop_async())), ("stop", [0; 4]));
    assert!(sender.is_closed());

    let (sender, bridged) = spawned(&registry);
    drop(bridged);
    block_on(sender.closed());
}

#[test]
fn a_bridge_that_is_detached_goes_on() {
    let registry = Registry::new();
    let (sender, bridged) = spawned(&registry);
    bridged.detach();
    let heard = registry.next::<OrderPlaced>();
    sender.send(ORDERS[2]).expect("it listens");
    assert_eq!(block_on(heard).map(|order| order.number), Some(3));
    drop(sender);
}
