//! A parameter of an async subscriber that is neither state nor the emission.

use events_core::{Event, subscriber};

#[derive(Event, Clone)]
struct OrderPlaced {
    total: u64,
}

#[subscriber]
async fn mail(event: &OrderPlaced, mailer: String) {
    let _ = (event.total, mailer.len());
}

fn main() {}
