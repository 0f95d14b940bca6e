//! Awaited subscribers with options of subscribers that run after the emit.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    attempts: u32,
}

#[subscriber(deferred)]
async fn deferred(event: &mut Login) {
    event.attempts += 1;
}

#[subscriber(concurrency = 1)]
async fn limited(event: &mut Login) {
    event.attempts += 1;
}

#[subscriber(awaited, deferred, concurrency = 1)]
async fn both(event: &Login) {
    let _ = event.attempts;
}

#[subscriber(awaited)]
fn not_async(event: &mut Login) {
    event.attempts += 1;
}

#[subscriber]
async fn generic<T: Default>(event: &mut Login) {
    event.attempts += 1;
}

fn main() {}
