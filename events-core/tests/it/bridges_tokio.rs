//! Section 7: channels and signals of tokio as events.

use std::{cell::RefCell, future::Future};

use events_core::{Event, Registry, bridge};
use tokio::sync::{broadcast, mpsc as tokio_mpsc};
use tokio_stream::{
    iter,
    wrappers::{BroadcastStream, ReceiverStream},
};

use super::bridges::{ORDERS, Order, OrderPlaced, listening, told};
use crate::{Journal, block_on};

/// A runtime of tokio for what needs one.
fn tokio<T>(future: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().build().expect("a runtime");
    runtime.block_on(future)
}

#[test]
fn a_lag_of_tokios_broadcast_is_told_and_the_bridge_goes_on() {
    let journal = Journal::default();
    let registry = listening(&journal);
    let (sender, receiver) = broadcast::channel(2);
    for order in ORDERS {
        sender.send(order).expect("it listens");
    }
    drop(sender);
    let ended = block_on(
        bridge(BroadcastStream::new(receiver))
            .results()
            .to::<OrderPlaced>()
            .on(&registry)
            .run(),
    );
    assert_eq!(told(&ended), ("source", [3, 2, 0, 1]));
    assert_eq!(journal.take(), ["3", "4"]);
}

#[test]
fn results_may_be_looked_into() {
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
    assert_eq!(told(&ended), ("source", [3, 2, 1, 0]));
    assert_eq!(errors.into_inner(), ["lost"]);
}

#[test]
fn tokios_mpsc_as_a_task_of_tokio() {
    let journal = Journal::default();
    let registry = listening(&journal);
    tokio(async {
        let (sender, receiver) = tokio_mpsc::channel(1);
        let bridged = bridge(ReceiverStream::new(receiver))
            .to::<OrderPlaced>()
            .on(&registry)
            .spawn_tokio();
        for order in ORDERS {
            sender.send(order).await.expect("it listens");
        }
        drop(sender);
        let ended = bridged.wait_async().await;
        assert_eq!(told(&ended), ("source", [4, 4, 0, 0]));
    });
    assert_eq!(journal.take(), ["1", "2", "3", "4"]);
}

#[cfg(unix)]
#[test]
fn a_signal_of_the_system_is_an_event() {
    use tokio::signal::unix::{SignalKind, signal};
    use tokio_stream::wrappers::SignalStream;

    #[derive(Event, Clone)]
    struct Reload;

    let registry = Registry::new();
    tokio(async {
        let signals = signal(SignalKind::user_defined1()).expect("it can be heard");
        let heard = registry.next::<Reload>();
        let bridged = bridge(SignalStream::new(signals))
            .with(|()| Some(Reload))
            .on(&registry)
            .spawn_tokio();
        let own = std::process::id().to_string();
        let sent = std::process::Command::new("kill")
            .args(["-USR1", &own])
            .status();
        assert!(sent.expect("there is `kill`").success());
        assert!(heard.await.is_some());
        assert_eq!(told(&bridged.stop_async().await), ("stop", [1, 1, 0, 0]));
    });
}

#[test]
fn a_runtime_that_is_shut_down_under_its_bridge_is_told() {
    let registry = Registry::new();
    let (_sender, receiver) = tokio_mpsc::channel::<Order>(1);
    let bridged = tokio(async {
        bridge(ReceiverStream::new(receiver))
            .to::<OrderPlaced>()
            .on(&registry)
            .spawn_tokio()
    });
    assert_eq!(told(&bridged.wait()), ("drop", [0; 4]));
}
