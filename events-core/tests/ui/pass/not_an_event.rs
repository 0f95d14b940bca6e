//! A subscriber of a type that is no event.

use events_core::{Event, subscriber};

#[derive(Event)]
struct Plain {
    total: u64,
}

#[subscriber]
fn reads(_: &Plain) {}

#[subscriber]
fn by_path(_: &self::Plain) {}

#[subscriber]
fn several(_: &Plain) {}

#[subscriber(priority = 3, when = |event: &Plain| event.total > 3)]
fn changes(event: &mut Plain) {
    event.total += 1;
}

fn main() {}
