//! A required field that is not set, and two of them.

use events_core::{Event, emit};

#[derive(Event)]
struct OrderPlaced {
    customer: u32,
    total: u64,
    note: Option<String>,
}

fn main() {
    let order = OrderPlaced::builder().total(5).build();
    OrderPlaced::builder().note("gift".into()).emit();
    emit!(OrderPlaced, total = 5);
    let _ = (order.customer, order.total, order.note);
}
