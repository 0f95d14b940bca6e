//! Delays: without `deferred`, a number, a negative one, and no value.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

#[subscriber(delay = std::time::Duration::from_secs(60))]
fn sync(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, delay = 60)]
fn number(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, delay = -1)]
fn negative(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, delay)]
fn no_value(_: &Login) {}

fn main() {}
