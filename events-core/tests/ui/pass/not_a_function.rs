//! `#[subscriber]` on items that are no function, and on an `unsafe` function.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

struct Ledger(u64);

#[subscriber]
fn book(_: &OrderPlaced) {}

mod ledger {}

#[subscriber]
fn careless(event: &OrderPlaced) {
    let _ = event.total;
}

fn main() {
    let _ = Ledger(1).0;
}
