//! A function pointer is no origin: every function of its signature has its type.

use events_core::{Event, Registry};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

fn checkout() {}

fn main() {
    let origin: fn() = checkout;
    let order = Registry::new().emit_from(OrderPlaced { total: 1 }, origin);
    let _ = order.total;
}
