//! A default of another type, and of a type that has none.

use events_core::Event;

struct Clock;

#[derive(Event)]
struct OrderPlaced {
    #[event(default = "none")]
    total: u64,
    #[event(default)]
    clock: Clock,
}

fn main() {}
