//! A bridge is told which event its items become.

use events_core::{Event, Registry, bridge};

#[derive(Event, Clone)]
struct Tick;

fn main() {
    let ticks = Registry::new().stream::<Tick>();
    let _run = bridge(ticks).results().run();
}
