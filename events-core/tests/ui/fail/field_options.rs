//! Options of a field: unknown, given twice, with a wrong value, in a wrong place.

use events_core::Event;

#[derive(Event)]
struct OrderPlaced {
    #[event(inot)]
    customer: String,
    #[event(into, into)]
    street: String,
    #[event(into = String)]
    city: String,
    #[event(topic = "orders")]
    card: u64,
    #[event(required)]
    total: u64,
    #[event(default, required)]
    note: Option<String>,
}

#[derive(Event)]
struct Point(#[event(into)] u8, #[event(default)] u8);

#[derive(Event)]
enum Door {
    Opened {
        #[event(default)]
        by: String,
    },
}

fn main() {}
