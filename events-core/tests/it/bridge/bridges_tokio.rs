//! Section 7: bridges from channels and signals of tokio.

use std::{cell::RefCell, future::Future};

use events_core::{Event, Registry, bridge};
use tokio::sync::{broadcast, mpsc as tokio_mpsc, watch};
use tokio_stream::{
    iter,
    wrappers::{BroadcastStream, ReceiverStream},
};

use super::bridges::{ORDERS, Order, OrderPlaced, reason_and_counts, recording_registry};
use crate::{Journal, block_on, poll_once};

/// Runs a future on a tokio runtime.
fn run_on_tokio<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

#[test]
fn a_lag_of_a_broadcast_channel_is_counted_as_an_error_and_the_bridge_continues() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    let (sender, receiver) = broadcast::channel(2);
    for order in ORDERS {
        sender.send(order).expect("the receiver exists");
    }
    drop(sender);
    let ended = block_on(
        bridge(BroadcastStream::new(receiver))
            .results()
            .to::<OrderPlaced>()
            .on(&registry)
            .run(),
    );
    assert_eq!(reason_and_counts(&ended), ("source", [3, 2, 0, 1]));
    assert_eq!(journal.take(), ["3", "4"]);
}

#[test]
fn a_bridge_can_map_the_errors_of_its_source() {
    let results = [Ok(ORDERS[0]), Err("lost"), Ok(ORDERS[1])];
    let errors = RefCell::new(Vec::new());
    let ended = block_on(
        bridge(iter(results))
            .with(|item| match item {
                Ok(order) => Some(OrderPlaced::from(order)),
                Err(error) => {
                    errors.borrow_mut().push(error);
                    None
                }
            })
            .run(),
    );
    assert_eq!(reason_and_counts(&ended), ("source", [3, 2, 1, 0]));
    assert_eq!(errors.into_inner(), ["lost"]);
}

#[test]
fn a_bridge_from_an_mpsc_channel_can_run_as_a_tokio_task() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    run_on_tokio(async {
        let (sender, receiver) = tokio_mpsc::channel(1);
        let bridged = bridge(ReceiverStream::new(receiver))
            .to::<OrderPlaced>()
            .on(&registry)
            .spawn_tokio();
        for order in ORDERS {
            sender.send(order).await.expect("the receiver exists");
        }
        drop(sender);
        let ended = bridged.wait_async().await;
        assert_eq!(reason_and_counts(&ended), ("source", [4, 4, 0, 0]));
    });
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[cfg(unix)]
#[test]
fn a_signal_of_the_operating_system_can_become_an_event() {
    use tokio::signal::unix::{SignalKind, signal};
    use tokio_stream::wrappers::SignalStream;

    #[derive(Event, Clone)]
    struct Reload;

    let registry = Registry::new();
    run_on_tokio(async {
        let signals = signal(SignalKind::user_defined1()).expect("the signal can be received");
        let received = registry.next::<Reload>();
        let bridged = bridge(SignalStream::new(signals))
            .with(|()| Some(Reload))
            .on(&registry)
            .spawn_tokio();
        let own = std::process::id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-USR1", &own])
            .status();
        assert!(sent.expect("there is `kill`").success());
        assert!(received.await.is_some());
        assert_eq!(
            reason_and_counts(&bridged.stop_async().await),
            ("stop", [1, 1, 0, 0])
        );
    });
}

#[test]
fn the_shutdown_of_its_runtime_drops_a_bridge_and_is_its_reason_to_end() {
    let registry = Registry::new();
    let (_sender, receiver) = tokio_mpsc::channel::<Order>(1);
    let bridged = run_on_tokio(async {
        bridge(ReceiverStream::new(receiver))
            .to::<OrderPlaced>()
            .on(&registry)
            .spawn_tokio()
    });
    assert_eq!(reason_and_counts(&bridged.wait()), ("drop", [0; 4]));
}

#[test]
fn a_lag_of_a_broadcast_receiver_is_an_error_and_the_bridge_continues() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    let (sender, receiver) = broadcast::channel(2);
    let run = bridge(receiver).to::<OrderPlaced>().on(&registry).run();
    let mut run = Box::pin(run);
    let send = |orders: &[Order]| {
        for order in orders {
            sender.send(*order).expect("there is a receiver");
        }
    };
    send(&ORDERS);
    assert!(poll_once(run.as_mut()).is_pending());
    assert_eq!(journal.take(), ["3", "4"]);
    send(&ORDERS[..3]); // while it waits
    assert!(poll_once(run.as_mut()).is_pending());
    assert_eq!(journal.take(), ["2", "3"]);
    drop(sender);
    let ended = block_on(run);
    assert_eq!(reason_and_counts(&ended), ("source", [6, 4, 0, 2]));
}

#[test]
fn a_watch_receiver_skips_values_in_between_and_starts_with_a_value_that_it_has_not_seen() {
    let journal = Journal::default();
    let registry = recording_registry(&journal);
    let (sender, mut receiver) = watch::channel(ORDERS[0]);
    let seen = receiver.clone();
    receiver.mark_changed();
    let mut runs = [receiver, seen].map(|receiver| {
        let orders = bridge(receiver).to::<OrderPlaced>().on(&registry);
        Box::pin(orders.run())
    });
    assert!(poll_once(runs[0].as_mut()).is_pending());
    assert_eq!(journal.take(), ["1"]);
    assert!(poll_once(runs[1].as_mut()).is_pending());
    assert!(journal.take().is_empty());
    for order in &ORDERS[1..] {
        sender.send(*order).expect("there are receivers");
    }
    drop(sender);
    let ended = runs.map(|run| reason_and_counts(&block_on(run)));
    assert_eq!(ended, [("source", [2, 2, 0, 0]), ("source", [1, 1, 0, 0])]);
    assert_eq!(journal.take(), ["4", "4"]);
}

/// A value whose clone panics.
struct NotCloned;

impl Clone for NotCloned {
    fn clone(&self) -> Self {
        panic!("no clone")
    }
}

#[test]
fn a_panic_of_the_clone_of_a_value_ends_the_bridge() {
    let registry = Registry::new();
    let placed = |_: NotCloned| Some(OrderPlaced { number: 1 });
    let (broadcast, receiver) = broadcast::channel(2);
    let from_broadcast = bridge(receiver).with(placed).on(&registry).run();
    assert!(broadcast.send(NotCloned).is_ok());
    let (watch, receiver) = watch::channel(NotCloned);
    let from_watch = bridge(receiver).with(placed).on(&registry).run();
    assert!(watch.send(NotCloned).is_ok());

    let ended = [block_on(from_broadcast), block_on(from_watch)];
    assert_eq!(
        ended.map(|ended| reason_and_counts(&ended)),
        [("panic", [0; 4]); 2]
    );
}
