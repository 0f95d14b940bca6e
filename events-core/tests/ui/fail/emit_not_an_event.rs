//! `emit!` of a type that has no builder, or is no event.

use events_core::{Event, emit};

#[derive(Event)]
struct Point(u8, u8);

struct Plain {
    total: u64,
}

fn main() {
    emit!(Point, x = 1, y = 2);
    let plain = Plain { total: 5 }.emit();
    emit!(Ordered);
    let _ = plain.total;
}
