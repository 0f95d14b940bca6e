//! Options of an event: unknown, given twice, with a wrong value or none, in a wrong place.

use events_core::Event;

#[derive(Event)]
#[event(topic = "orders.placed")]
struct Unknown;

#[derive(Event)]
#[event(topic = "five")]
struct NoText;

#[derive(Event)]
#[event(topic = "full")]
struct Empty;

#[derive(Event)]
#[event(topic = "valued")]
struct NoValue;

#[derive(Event)]
#[event(topic = "one")]
struct Twice;

#[derive(Event)]
#[event(topic = "said")]
struct Nothing;

#[derive(Event)]
struct OnType {
    #[event(into)]
    name: String,
}

fn main() {}
