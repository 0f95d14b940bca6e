//! Origins and order targets that name no function.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

fn checkout() {}

#[subscriber]
fn audit(_: &OrderPlaced) {}

#[subscriber(origin = checkout)]
fn number(_: &OrderPlaced) {}

#[subscriber(origin = checkout)]
fn misspelled(_: &OrderPlaced) {}

#[subscriber(after = audit)]
fn after_number(_: &OrderPlaced) {}

#[subscriber(before = audit)]
fn before_misspelled(_: &OrderPlaced) {}

fn main() {
    checkout();
    let _ = OrderPlaced { total: 1 }.emit().total;
}
