//! A method, and an associated function: a subscriber is a free function.

use events_core::{Event, State, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

struct Ledger(u64);

#[subscriber]
fn book(event: &OrderPlaced, ledger: State<'_, Ledger>) {
    let _ = event.total + ledger.0;
}

#[subscriber]
fn audit(event: &OrderPlaced) {
    let _ = event.total;
}

fn main() {}
