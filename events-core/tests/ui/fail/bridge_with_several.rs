//! The closure of `with` returns events of one type: no choice, no arguments, and no value that is not an event.

use events_core::{args, bridge, bridges::Choice};

fn main() {
    let levels = || bridge(std::future::ready(7_u32));

    drop(levels().with(|level| Some(level)));

    drop(levels().with(|level| Some(args! { level: level })));

    drop(levels().with(|level| Some(Choice::topic("level", args! { level: level }))));
}
