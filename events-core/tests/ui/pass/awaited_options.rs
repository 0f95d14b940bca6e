//! Awaited subscribers with options of subscribers that run after the emit.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    attempts: u32,
}

#[subscriber]
async fn deferred(event: &mut Login) {
    event.attempts += 1;
}

#[subscriber]
async fn limited(event: &mut Login) {
    event.attempts += 1;
}

#[subscriber(awaited)]
async fn both(event: &Login) {
    let _ = event.attempts;
}

#[subscriber]
fn not_async(event: &mut Login) {
    event.attempts += 1;
}

#[subscriber]
async fn generic(event: &mut Login) {
    event.attempts += 1;
}

fn main() {}
