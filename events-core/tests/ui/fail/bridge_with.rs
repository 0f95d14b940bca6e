//! The closure of `with` returns events: neither the item, nor the arguments of a topic.

use events_core::{args, bridge};

fn main() {
    let levels = || bridge(std::future::ready(7_u32));

    drop(levels().with(|level| Some(level)));

    drop(levels().with(|level| Some(args! { level: level })));
}
