//! An item of a bridge must convert into the event.

use events_core::{Event, Registry, bridge};

#[derive(Event, Clone)]
struct Tick;

#[derive(Event)]
struct Ticked;

fn main() {
    let ticks = Registry::new().stream::<Tick>();
    drop(bridge(ticks).results().to::<Ticked>());
}
