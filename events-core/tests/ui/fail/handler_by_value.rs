//! Subscribers whose first parameter is not a reference to their event: the event by value or behind a pointer,
//! a parameter that comes after the event, and no parameter at all.

use std::sync::Arc;

use events_core::{AnyEvent, Emission, Event, State, listener, subscriber};

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

struct Ledger(u64);

#[subscriber]
fn by_value(event: OrderPlaced) {
    let _ = event.total;
}

#[subscriber]
fn nothing() {}

#[subscriber]
fn boxed(event: Box<OrderPlaced>) {
    let _ = event.total;
}

#[subscriber]
fn shared(event: Arc<Box<OrderPlaced>>) {
    let _ = event.total;
}

#[subscriber]
fn reference_to_box(event: &Box<OrderPlaced>) {
    let _ = event.total;
}

#[subscriber]
fn reference_to_arc(event: &mut Arc<OrderPlaced>) {
    let _ = event.total;
}

#[subscriber(Box<OrderPlaced>)]
fn listed(event: &dyn AnyEvent) {
    let _ = event.topic();
}

#[subscriber]
fn state_first(ledger: State<'_, Ledger>, event: &OrderPlaced) {
    let _ = event.total + ledger.0;
}

#[subscriber]
fn reference_to_state(ledger: &State<'_, Ledger>, event: &OrderPlaced) {
    let _ = event.total + ledger.0;
}

#[subscriber]
fn emission_first(emission: &Emission, order: &mut OrderPlaced) {
    let _ = (order.total, emission.topic());
}

#[subscriber]
fn state_alone(ledger: State<'_, Ledger>) {
    let _ = ledger.0;
}

struct Greeter;

#[listener]
impl Greeter {
    #[on]
    fn state_first(&self, ledger: State<'_, Ledger>, event: &OrderPlaced) {
        let _ = event.total + ledger.0;
    }

    #[on]
    fn boxed(&self, event: Box<OrderPlaced>) {
        let _ = event.total;
    }
}

struct Counter;

#[listener]
impl Counter {
    #[on]
    fn reference_to_box(&self, event: &Box<OrderPlaced>) {
        let _ = event.total;
    }
}

fn main() {}
