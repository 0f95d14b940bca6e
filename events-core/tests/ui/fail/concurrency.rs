//! Concurrency limits: on a sync subscriber, zero, and without a value.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

#[subscriber(concurrency = 2)]
fn sync(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(concurrency = 0)]
async fn none(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(concurrency, deferred = true)]
fn no_value(_: &Login) {}

fn main() {}
