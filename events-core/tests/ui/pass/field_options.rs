//! Options of a field: unknown, given twice, with a wrong value, in a wrong place.

use events_core::Event;

#[derive(Event)]
struct OrderPlaced {
    #[event(into)]
    customer: String,
    #[event(into)]
    street: String,
    #[event(into)]
    city: String,
    #[event(secret)]
    card: u64,
    #[event(default)]
    total: u64,
    #[event(required)]
    note: Option<String>,
}

#[derive(Event)]
struct Point(#[event(secret)] u8, u8);

#[derive(Event)]
enum Door {
    Opened {
        by: String,
    },
}

fn main() {}
