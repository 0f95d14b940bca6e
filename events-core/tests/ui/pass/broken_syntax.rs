//! A mistake of syntax inside a subscriber is told by the compiler itself, once.

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
