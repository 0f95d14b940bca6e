//! Subscribers whose first parameter is not a reference to their event: the event by value or behind a pointer,
//! a parameter that comes after the event, and no parameter at all.

use events_core::{AnyEvent, Emission, Event, State, listener, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

struct Ledger(u64);

#[subscriber]
fn by_value(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber]
fn nothing(_: &OrderPlaced) {}

#[subscriber]
fn boxed(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber]
fn shared(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber]
fn reference_to_box(event: &OrderPlaced) {
    let _ = event.total;
}

#[subscriber]
fn reference_to_arc(event: &mut OrderPlaced) {
    let _ = event.total;
}

#[subscriber(OrderPlaced)]
fn listed(event: &dyn AnyEvent) {
    let _ = event.topic();
}

#[subscriber]
fn state_first(event: &OrderPlaced, ledger: State<'_, Ledger>) {
    let _ = event.total + ledger.0;
}

#[subscriber]
fn reference_to_state(event: &OrderPlaced, ledger: State<'_, Ledger>) {
    let _ = event.total + ledger.0;
}

#[subscriber]
fn emission_first(order: &mut OrderPlaced, emission: &Emission) {
    let _ = (order.total, emission.topic());
}

#[subscriber]
fn state_alone(_: &OrderPlaced, ledger: State<'_, Ledger>) {
    let _ = ledger.0;
}

struct Greeter;

#[listener]
impl Greeter {
    #[on]
    fn state_first(&self, event: &OrderPlaced, ledger: State<'_, Ledger>) {
        let _ = event.total + ledger.0;
    }

    #[on]
    fn boxed(&self, event: &OrderPlaced) {
        let _ = event.total;
    }
}

struct Counter;

#[listener]
impl Counter {
    #[on]
    fn reference_to_box(&self, event: &OrderPlaced) {
        let _ = event.total;
    }
}

/// An event may have the name of a pointer, or that of a parameter.
mod named {
    use events_core::{Event, subscriber};

    #[derive(Event, Clone)]
    struct Rc<T> {
        total: T,
    }

    #[subscriber]
    fn of_pointer_name(event: &Rc<u8>) {
        let _ = event.total;
    }

    #[subscriber(deferred)]
    fn deferred(event: &Rc<u8>) {
        let _ = event.total;
    }

    #[derive(Event)]
    struct Emission;

    #[subscriber]
    fn of_parameter_name(_: &Emission, _: &events_core::Emission) {}
}

fn main() {}
