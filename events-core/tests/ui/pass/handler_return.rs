//! A subscriber whose return type is no outcome.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u32,
}

#[subscriber]
fn count(event: &OrderPlaced) -> Result<(), String> {
    Err(event.total.to_string())
}

struct NoError;

#[subscriber]
fn fails(_: &OrderPlaced) -> Result<(), std::fmt::Error> {
    Err(std::fmt::Error)
}

fn main() {}
