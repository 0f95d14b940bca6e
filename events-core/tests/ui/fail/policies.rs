//! Policies on subscribers that they are not for, and values that are none.

use std::time::Duration;

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

#[subscriber(timeout = Duration::from_secs(1), retry = 3, per_key = |_| 0, debounce = Duration::from_secs(1))]
fn sync(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, timeout = Duration::from_secs(1))]
fn deferred(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(retry = 3, per_key = |_| 0, debounce = Duration::from_secs(1))]
async fn changes(event: &mut Login) {
    let _ = event.name.as_str();
}

#[subscriber(awaited, retry = 3, per_key = |_| 0, debounce = Duration::from_secs(1))]
async fn awaited(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(timeout = 5, retry = "three")]
async fn no_duration(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, retry = 0, debounce = -1)]
fn no_retry(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(retry = -3, timeout, per_key)]
async fn no_value(event: &Login) {
    let _ = event.name.as_str();
}

fn main() {}
