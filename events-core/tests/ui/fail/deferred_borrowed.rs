//! A deferred subscriber of an event that borrows.

use events_core::{Event, subscriber};

#[derive(Event)]
struct Login<'a> {
    name: &'a str,
}

#[subscriber(deferred)]
fn welcome(event: &Login<'_>) {
    let _ = event.name;
}

fn main() {}
