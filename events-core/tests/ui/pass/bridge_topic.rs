//! The fix: `args!`.

use events_core::{Event, Registry, args, bridge};

#[derive(Event, Clone)]
struct Tick;

fn main() {
    let ticks = Registry::new().stream::<Tick>();
    drop(bridge(ticks).results().to_topic("clock::tick", |_| args! {}));

    let ticks = Registry::new().stream::<Tick>();
    drop(bridge(ticks).results().to_topic("clock::tick", |_| Some(args! {})));
}
