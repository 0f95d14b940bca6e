//! `#[subscriber]` on items that are no function, and on an `unsafe` function.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

#[subscriber]
struct Ledger(u64);

#[subscriber]
mod ledger {}

#[subscriber]
unsafe fn careless(event: &OrderPlaced) {
    let _ = event.total;
}

fn main() {
    let _ = Ledger(1).0;
}
