//! A required field that is not set, found by `try_emit`.

use events_core::Event;

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
}

fn main() {
    let sent = OrderPlaced::builder().try_emit();
    let _ = sent.is_ok();
}
