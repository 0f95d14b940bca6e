//! Origins and order targets that name no function.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

fn checkout() {}

#[subscriber]
fn audit(_: &OrderPlaced) {}

#[subscriber(origin = 7)]
fn number(_: &OrderPlaced) {}

#[subscriber(origin = chekout)]
fn misspelled(_: &OrderPlaced) {}

#[subscriber(after = 7)]
fn after_number(_: &OrderPlaced) {}

#[subscriber(before = audits)]
fn before_misspelled(_: &OrderPlaced) {}

fn main() {
    checkout();
    let _ = OrderPlaced { total: 1 }.emit().total;
}
