//! The fix: `From`.

use events_core::{Event, Registry, bridge};

#[derive(Event, Clone)]
struct Tick;

#[derive(Event)]
struct Ticked;

impl From<Tick> for Ticked {
    fn from(_: Tick) -> Self {
        Self
    }
}

fn main() {
    let ticks = Registry::new().stream::<Tick>();
    drop(bridge(ticks).results().to::<Ticked>());
}
