//! A field that is set twice.

use events_core::{Event, emit};

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
    note: Option<String>,
}

fn main() {
    OrderPlaced::builder().customer(1).emit();
    OrderPlaced::builder().customer(1).note("a".into()).emit();
    emit!(OrderPlaced, customer = 1);
}
