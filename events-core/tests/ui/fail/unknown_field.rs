//! A field that the event does not have.

use events_core::{Event, emit};

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
    total: u64,
}

fn main() {
    OrderPlaced::builder().costumer(1).total(5).emit();
    emit!(OrderPlaced, costumer = 1, total = 5);
}
