//! A mistake in the body of a subscriber is reported once, by the compiler.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

#[subscriber]
fn mismatch(event: &OrderPlaced) {
    let total: u64 = event.total;
    let _ = total;
}

#[subscriber(priority = 3)]
fn result(event: &OrderPlaced) -> Result<(), std::fmt::Error> {
    let _ = event.total;
    Ok(())
}

fn main() {}
