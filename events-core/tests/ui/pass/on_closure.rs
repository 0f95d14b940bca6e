//! Closures and values that are no handlers, registered at run time.

use events_core::{Event, Registry};

#[derive(Event)]
struct Plain {
    total: u64,
}

#[derive(Event)]
struct OrderPlaced {
    total: u64,
}

fn main() {
    let registry = Registry::new();
    registry.on(|_: &Plain| ()).detach();
    registry.on(|_: &OrderPlaced| ()).detach();
    registry.on(|event: &OrderPlaced| println!("{}", event.total)).detach();
    registry.on(|_: &OrderPlaced| ()).detach();
    registry.on(|_: &OrderPlaced| ()).detach();
    registry.on(|event: &mut OrderPlaced| event.total += 1).detach();
}
