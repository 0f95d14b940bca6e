//! Delays of deferred subscribers.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

#[subscriber(deferred, delay = std::time::Duration::from_secs(60))]
fn sync(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, delay = std::time::Duration::from_secs(60))]
fn number(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, delay = std::time::Duration::ZERO)]
fn negative(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, delay = std::time::Duration::MAX)]
fn no_value(_: &Login) {}
