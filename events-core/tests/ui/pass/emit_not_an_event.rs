//! `emit!` of a type that has no builder, or is no event.

use events_core::{Event, emit};

#[derive(Event)]
struct Point(u8, u8);

#[derive(Event)]
struct Plain {
    total: u64,
}

fn main() {
    Point(1, 2).emit();
    let plain = emit!(Plain, total = 5);
    emit!(Plain, total = 5);
    let _ = plain.total;
}
