//! A subscriber that takes its event by value, and one that takes nothing.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

#[subscriber]
fn by_value(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber]
fn nothing(_: &OrderPlaced) {}

fn main() {}
