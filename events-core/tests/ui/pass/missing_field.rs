//! A required field that is not set, and two of them.

use events_core::{Event, emit};

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
    total: u64,
    note: Option<String>,
}

fn main() {
    let order = OrderPlaced::builder().total(5).customer(1).build();
    OrderPlaced::builder().note("gift".into()).customer(1).total(7).emit();
    emit!(OrderPlaced, total = 5, customer = 1);
    let _ = (order.customer, order.total, order.note);
}
