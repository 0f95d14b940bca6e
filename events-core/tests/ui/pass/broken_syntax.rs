//! A syntax error in a subscriber is reported once, by the compiler.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

#[subscriber]
fn unfinished(event: &OrderPlaced) {
    let total = event.total;
    let _ = total;
}

fn main() {}
