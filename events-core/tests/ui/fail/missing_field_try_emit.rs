//! A required field that is not set, found by the other verb of the builder.

use events_core::Event;

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
}

fn main() {
    let told = OrderPlaced::builder().try_emit();
    let _ = told.is_ok();
}
