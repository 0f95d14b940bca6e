//! A `when` that is no predicate of the event.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

#[derive(Event)]
struct Opened;

#[subscriber(when = |event: &OrderPlaced| event.total)]
fn no_bool(_: &OrderPlaced) {}

#[subscriber(when = |_: &Opened| true)]
fn other_event(_: &OrderPlaced) {}

#[subscriber(when = true)]
fn no_function(_: &OrderPlaced) {}

fn main() {
    let _ = Opened::builder().emit();
}
