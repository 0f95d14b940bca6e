//! Mistakes in the keywords of `emit!`.

use events_core::{Event, emit};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
    note: Option<u8>,
}

fn checkout() {}

fn main() {
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5; origin = checkout);
    emit!(OrderPlaced, total = 5, note = 7);
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5; origin = checkout);
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5);
    emit!(OrderPlaced, total = 5);
    let _ = OrderPlaced { total: 1, note: None }.emit().note;
    checkout();
}
