//! The fix: an event, `to_topic`, and `choose`.

use events_core::{Event, args, bridge, bridges::Choice};

#[derive(Event)]
struct Level(u32);

fn main() {
    let levels = || bridge(std::future::ready(7_u32));

    drop(levels().with(|level| Some(Level(level))));

    drop(levels().to_topic("level", |level| args! { level: level }));

    drop(levels().choose(|level| Some(Choice::topic("level", args! { level: level }))));
}
