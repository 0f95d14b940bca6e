//! Delays that the compiler rejects: of another type, and computed when the program runs.

use std::time::Duration;

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    name: String,
}

const SECONDS: u64 = 60;

fn configured() -> Duration {
    Duration::from_secs(60)
}

#[subscriber(deferred, delay = SECONDS)]
fn number(event: &Login) {
    let _ = event.name.as_str();
}

#[subscriber(deferred, delay = configured())]
fn not_constant(event: &Login) {
    let _ = event.name.as_str();
}

fn main() {}
