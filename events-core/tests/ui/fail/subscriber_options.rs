//! Options of a subscriber: unknown, given twice, with a wrong value or none.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

#[subscriber(prioritty = 3)]
fn unknown(_: &OrderPlaced) {}

#[subscriber(priority = 3, priority = 4)]
fn twice(_: &OrderPlaced) {}

#[subscriber(once, once)]
fn flag_twice(_: &OrderPlaced) {}

#[subscriber(priority)]
fn no_value(_: &OrderPlaced) {}

#[subscriber(once = 3)]
fn a_value(_: &OrderPlaced) {}

#[subscriber(priority: 3)]
fn colon(_: &OrderPlaced) {}

#[subscriber("high")]
fn literal(_: &OrderPlaced) {}

#[subscriber(priority = "high")]
fn text(_: &OrderPlaced) {}

#[subscriber(late, sooner = 3)]
fn two_mistakes(_: &OrderPlaced) {}

fn main() {
    let _ = OrderPlaced { total: 1 }.emit().total;
}
