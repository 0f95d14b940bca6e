//! An async subscriber.

use events_core::{Event, subscriber};

#[derive(Event)]
struct Login {
    name: String,
}

#[subscriber]
async fn welcome(event: &Login) {
    let _ = event.name.as_str();
}

fn main() {}
