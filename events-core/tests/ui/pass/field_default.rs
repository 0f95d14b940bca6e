//! A default of another type, and of a type that has none.

use events_core::Event;

struct Clock;

#[derive(Event)]
struct OrderPlaced {
    #[event(default = 0)]
    total: u64,
    #[event(default = Clock)]
    clock: Clock,
}

fn main() {}
