//! Background subscribers that take the event by `&mut`.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct Login {
    attempts: u32,
}

#[subscriber(deferred)]
fn after(event: &mut Login) {
    event.attempts += 1;
}

fn main() {}
