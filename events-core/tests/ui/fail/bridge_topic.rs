//! The closure of `to_topic` returns arguments, and not an event.

use events_core::{Event, Registry, bridge};

#[derive(Event, Clone)]
struct Tick;

fn main() {
    let ticks = Registry::new().stream::<Tick>();
    drop(bridge(ticks).results().to_topic("clock::tick", |tick| tick));

    let ticks = Registry::new().stream::<Tick>();
    drop(bridge(ticks).results().to_topic("clock::tick", Some));
}
