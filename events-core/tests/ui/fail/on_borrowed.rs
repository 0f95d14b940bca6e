//! A closure on an event that borrows.

use events_core::{Event, Registry};

#[derive(Event)]
struct Login<'a> {
    name: &'a str,
}

fn main() {
    let registry = Registry::new();
    registry.on(|event: &Login<'_>| println!("{}", event.name)).detach();
}
