//! Concurrency limits: on a sync subscriber, zero, and without a value.

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
