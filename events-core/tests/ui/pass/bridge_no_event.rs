//! The fix: an event type.

use events_core::{Event, Registry, bridge};

#[derive(Event, Clone)]
struct Tick;

fn main() {
    let ticks = Registry::new().stream::<Tick>();
    let _run = bridge(ticks).results().to::<Tick>().run();
}
