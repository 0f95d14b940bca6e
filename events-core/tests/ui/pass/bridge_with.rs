//! The fix: an event, and `to_topic`.

use events_core::{Event, args, bridge};

#[derive(Event)]
struct Level(u32);

fn main() {
    let levels = || bridge(std::future::ready(7_u32));

    drop(levels().with(|level| Some(Level(level))));

    drop(levels().to_topic("level", |level| args! { level: level }));
}
