//! Subscribers with a parameter after the event: a state, or the emission.

use events_core::{Emission, Event, Registry, State, registry, subscriber};
use seq_macro::seq;

use crate::case::{B, Case, repeat, step};

/// The state of the subscribers: what they take from the number of their handler.
struct Offset(u64);

#[derive(Event)]
struct WithState {
    a: u64,
    b: u64,
}

#[derive(Event)]
struct WithEmission {
    a: u64,
    b: u64,
}

seq!(K in 0..4 {
    #(
        #[subscriber]
        fn state~K(event: &mut WithState, offset: State<'_, Offset>) {
            event.a = step(event.a, event.b, K - offset.0);
        }

        #[subscriber]
        fn emission~K(event: &mut WithEmission, emission: &Emission) {
            event.a = step(event.a, event.b, K + u64::from(emission.attempt() - 1));
        }
    )*
});

/// Scans a registry, with the states of all subscribers.
pub(crate) fn scan(registry: &Registry) {
    registry.scanner().state(Offset(0)).run();
}

/// Scans the default registry.
pub(crate) fn scan_default() {
    scan(&registry());
}

pub(crate) fn cases() -> [Case; 2] {
    [
        Case::new("state", 4, |times| {
            repeat(times, |a| WithState { a, b: B }.emit().a)
        }),
        Case::new("emission", 4, |times| {
            repeat(times, |a| WithEmission { a, b: B }.emit().a)
        }),
    ]
}
