//! How many calls may be under way at once: of a sync subscriber, none, and something else.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

#[subscriber(concurrency = 2, deferred)]
fn sync(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(concurrency = 1)]
async fn none(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(concurrency = 1, deferred)]
fn no_value(_: &Login) {}

fn main() {}
