//! Options of an event: unknown, given twice, with a wrong value or none, in a wrong place.

use events_core::Event;

#[derive(Event)]
#[event(topik = "orders.placed")]
struct Unknown;

#[derive(Event)]
#[event(topic = 5)]
struct NoText;

#[derive(Event)]
#[event(topic = "")]
struct Empty;

#[derive(Event)]
#[event(topic)]
struct NoValue;

#[derive(Event)]
#[event(topic = "one", topic = "two")]
struct Twice;

#[derive(Event)]
#[event]
struct Nothing;

#[derive(Event)]
#[event(into)]
struct OnType {
    name: String,
}

fn main() {}
