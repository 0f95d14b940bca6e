//! The attribute on something that is no function, and on a function that promises too much.

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
