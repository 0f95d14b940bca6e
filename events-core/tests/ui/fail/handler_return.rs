//! A subscriber whose return type is no outcome.

use events_core::{Event, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u32,
}

#[subscriber]
fn count(event: &OrderPlaced) -> u32 {
    event.total
}

struct NoError;

#[subscriber]
fn fails(_: &OrderPlaced) -> Result<(), NoError> {
    Err(NoError)
}

fn main() {}
