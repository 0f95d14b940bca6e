//! A parameter that is neither state nor the emission.

use events_core::{Emission, Event, State, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

#[subscriber]
fn mail(event: &OrderPlaced, mailer: State<'_, String>) {
    let _ = (event.total, mailer.len());
}

#[subscriber]
fn place(event: &OrderPlaced, emission: &Emission) {
    let _ = (event.total, emission.topic());
}

#[subscriber]
fn all(_: &OrderPlaced, _: State<'_, Vec<std::num::NonZero<u8>>>) {}

fn main() {}
