//! An item converts into the event that it becomes.

use events_core::{Event, Registry, bridge};

#[derive(Event, Clone)]
struct Tick;

#[derive(Event)]
struct Ticked;

fn main() {
    let ticks = Registry::new().stream::<Tick>();
    drop(bridge(ticks).results().to::<Ticked>());
}
