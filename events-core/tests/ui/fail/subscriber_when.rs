//! A `when` that is no predicate of the event.

use events_core::{AnyEvent, Event, listener, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
    paid: bool,
}

#[derive(Event)]
struct Opened;

fn is_large(event: &OrderPlaced) -> bool {
    event.total > 3
}

#[subscriber(when = |event: &OrderPlaced| event.total)]
fn no_bool(_: &OrderPlaced) {}

#[subscriber(when = |_: &Opened| true)]
fn other_event(_: &OrderPlaced) {}

#[subscriber(when = true)]
fn no_function(_: &OrderPlaced) {}

#[subscriber(when = event.total > 3)]
fn condition(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber(when = order.paid)]
fn field(order: &OrderPlaced) {
    let _ = order.paid;
}

#[subscriber(when = is_large(event))]
fn call(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber(when = matches!(event.total, 3..))]
fn call_of_a_macro(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber(topic = ".*", when = !event.topic().is_empty())]
fn topic(event: &dyn AnyEvent) {
    let _ = event.topic();
}

struct Greeter;

#[listener]
impl Greeter {
    #[on(when = event.total > 3)]
    fn condition(&self, event: &OrderPlaced) {
        let _ = event.total;
    }
}

fn main() {
    let _ = Opened::builder().emit();
    is_large(&OrderPlaced { total: 1, paid: true });
}
