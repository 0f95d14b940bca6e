//! Two events share the names of their fields: the error names the right event.

use events_core::Event;

#[derive(Event)]
struct Shipped {
    customer: u32,
    address: String,
}

#[derive(Event)]
struct Billed {
    customer: u32,
    address: String,
}

fn main() {
    Shipped::builder().customer(1).address("Vienna".into()).emit();
    Billed::builder().customer(1).address("Vienna".into()).emit();
}
