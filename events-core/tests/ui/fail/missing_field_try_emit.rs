//! A required field that is not set, found by `try_emit` and `emit_from`.

use events_core::Event;

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
}

fn main() {
    let sent = OrderPlaced::builder().try_emit();
    let _ = sent.is_ok();
    OrderPlaced::builder().emit_from("here");
}
