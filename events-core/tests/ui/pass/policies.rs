//! Policies on subscribers that they are for.

use std::time::Duration;

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

#[subscriber(timeout = Duration::from_secs(1), retry = 3, per_key = |_| 0)]
async fn concurrent(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, retry = 3, per_key = |_| 0, debounce = Duration::from_secs(1))]
fn deferred(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(timeout = Duration::from_secs(1))]
async fn changes(event: &mut Login) {
    let _ = event.name.as_str();
}

#[subscriber(awaited, timeout = Duration::from_secs(1))]
async fn awaited(event: &Login) {
    let _ = event.name.as_str();
}

fn main() {}
