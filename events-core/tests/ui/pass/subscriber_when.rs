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

#[subscriber(when = |event: &OrderPlaced| event.total > 3)]
fn no_bool(_: &OrderPlaced) {}

#[subscriber(when = |_: &OrderPlaced| true)]
fn other_event(_: &OrderPlaced) {}

#[subscriber(when = |_| true)]
fn no_function(_: &OrderPlaced) {}

#[subscriber(when = |event: &OrderPlaced| event.total > 3)]
fn condition(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber(when = |order: &OrderPlaced| order.paid)]
fn field(order: &OrderPlaced) {
    let _ = order.paid;
}

#[subscriber(when = is_large)]
fn call(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber(when = |event: &OrderPlaced| matches!(event.total, 3..))]
fn call_of_a_macro(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber(topic = ".*", when = |event: &dyn AnyEvent| !event.topic().is_empty())]
fn topic(event: &dyn AnyEvent) {
    let _ = event.topic();
}

/// The function may be the value of an expression, and have the name of the parameter.
struct Filters {
    large: fn(&OrderPlaced) -> bool,
}

static FILTERS: Filters = Filters { large: is_large };

#[subscriber(when = FILTERS.large)]
fn field_of_a_static(_: &OrderPlaced) {}

#[subscriber(when = is_large)]
fn same_name(is_large: &OrderPlaced) {
    let _ = is_large.total;
}

struct Greeter;

#[listener]
impl Greeter {
    #[on(when = |event: &OrderPlaced| event.total > 3)]
    fn condition(&self, event: &OrderPlaced) {
        let _ = event.total;
    }
}

fn main() {
    let _ = Opened::builder().emit();
    is_large(&OrderPlaced { total: 1, paid: true });
}
