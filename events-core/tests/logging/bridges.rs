//! Log records of bridges: errors of their sources, and the reasons of their ends.

use std::{
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
};

use events_core::{Event, Registry, args, bridge, bridges::Ended};
use tokio::sync::broadcast;
use tokio_stream::{iter, wrappers::BroadcastStream};
use tracing::Level;

use super::logged;

#[derive(Event, Clone, Debug)]
struct Tick(u32);

impl From<u32> for Tick {
    fn from(number: u32) -> Self {
        Self(number)
    }
}

/// Runs a bridge whose stream is always ready.
fn run(bridge: impl Future<Output = Ended>) {
    let polled = pin!(bridge).poll(&mut Context::from_waker(Waker::noop()));
    assert!(matches!(polled, Poll::Ready(_)));
}

/// Checks that exactly these lines are logged, each by its start and its end.
#[track_caller]
fn check(level: Level, f: impl FnOnce(), expected: &[[&str; 2]]) {
    let log = logged(level, f);
    assert_eq!(log.len(), expected.len(), "{log:#?}");
    for (line, [start, end]) in log.iter().zip(expected) {
        assert!(line.starts_with(start) && line.ends_with(end), "{line}");
    }
}

#[test]
fn a_lag_is_logged_at_warn_and_the_end_of_the_source_at_info() {
    let registry = Registry::new();
    let (sender, receiver) = broadcast::channel(2);
    for number in 0..5 {
        sender.send(number).expect("the receiver exists");
    }
    drop(sender);
    let ticks = bridge(BroadcastStream::new(receiver))
        .results()
        .to::<Tick>()
        .on(&registry);
    check(
        Level::INFO,
        || run(ticks.run()),
        &[
            [
                "WARN events_core: the source of a bridge returned an error topic=\"logging::bridges::Tick\"",
                "error=\"channel lagged by 3\"",
            ],
            [
                "INFO events_core: a bridge has ended topic=\"logging::bridges::Tick\"",
                "ended=the source has ended; 3 items came, 2 emitted, 0 left out, 1 error",
            ],
        ],
    );
}

#[test]
fn a_lag_of_a_receiver_is_logged_and_a_bridge_to_a_topic_is_logged_with_it() {
    let registry = Registry::new();
    let (sender, receiver) = broadcast::channel(2);
    for number in 0..5 {
        sender.send(number).expect("the receiver exists");
    }
    drop(sender);
    let ticks = bridge(receiver).to_topic("clock::ticks", |number: u32| args! { number: number });
    check(
        Level::INFO,
        || run(ticks.on(&registry).run()),
        &[
            [
                "WARN events_core: the source of a bridge returned an error topic=\"clock::ticks\"",
                "error=\"channel lagged by 3\"",
            ],
            [
                "INFO events_core: a bridge has ended topic=\"clock::ticks\"",
                "ended=the source has ended; 3 items came, 2 emitted, 0 left out, 1 error",
            ],
        ],
    );
}

#[test]
fn the_end_of_a_bridge_to_one_of_several_events_is_logged_without_a_topic_of_its_own() {
    let registry = Registry::new();
    let ticks = bridge(iter([1])).choose(|number| Some(Tick(number).into()));
    check(
        Level::INFO,
        || run(ticks.on(&registry).run()),
        &[[
            "INFO events_core: a bridge has ended topic=\"one of several\"",
            "ended=the source has ended; 1 item came, 1 emitted, 0 left out, 0 errors",
        ]],
    );
}

#[test]
fn a_panic_in_a_closure_is_logged_at_error() {
    let ticks = bridge(iter([1, 2])).with(|_| -> Option<Tick> { panic!("no ticks") });
    check(
        Level::INFO,
        || run(ticks.run()),
        &[[
            "ERROR events_core: a bridge has ended topic=\"logging::bridges::Tick\"",
            "ended=panicked: no ticks; 1 item came, 0 emitted, 0 left out, 0 errors",
        ]],
    );
}

#[test]
fn the_drop_of_the_registry_is_logged_at_info_and_that_of_the_future_at_debug() {
    let gone = bridge(iter([1])).to::<Tick>().on(&Registry::new());
    check(
        Level::INFO,
        || run(gone.run()),
        &[[
            "INFO events_core: a bridge has ended",
            "its registry was dropped; 0 items came, 0 emitted, 0 left out, 0 errors",
        ]],
    );
    let dropped = bridge(iter([1])).to::<Tick>().run();
    check(
        Level::DEBUG,
        || drop(dropped),
        &[[
            "DEBUG events_core: a bridge has ended",
            "its future was dropped; 0 items came, 0 emitted, 0 left out, 0 errors",
        ]],
    );
}
