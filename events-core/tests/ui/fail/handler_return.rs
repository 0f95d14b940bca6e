//! A subscriber whose result says nothing to the emit.

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
