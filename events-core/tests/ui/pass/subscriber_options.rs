//! Options of a subscriber: unknown, given twice, with a wrong value or none.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

#[subscriber(priority = 3)]
fn unknown(_: &OrderPlaced) {}

#[subscriber(priority = 3)]
fn twice(_: &OrderPlaced) {}

#[subscriber(once)]
fn flag_twice(_: &OrderPlaced) {}

#[subscriber(priority = 3)]
fn no_value(_: &OrderPlaced) {}

#[subscriber(once)]
fn a_value(_: &OrderPlaced) {}

#[subscriber(priority = 3)]
fn colon(_: &OrderPlaced) {}

#[subscriber(priority = 9)]
fn literal(_: &OrderPlaced) {}

#[subscriber(priority = 9)]
fn text(_: &OrderPlaced) {}

#[subscriber(once, priority = 3)]
fn two_mistakes(_: &OrderPlaced) {}

fn main() {
    let _ = OrderPlaced { total: 1 }.emit().total;
}
