//! A number is no origin.

use events_core::{Event, emit};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

fn main() {
    let _ = OrderPlaced { total: 1 }.emit_from(7).total;
    OrderPlaced::builder().total(1).build().emit_from(7);
    emit!(OrderPlaced, total = 1; origin = 7);
}
