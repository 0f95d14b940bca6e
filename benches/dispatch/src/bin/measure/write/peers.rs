//! The table of the peers.

use bench_report::times::Series;

use super::{SUBSCRIBERS, figures::Figures};

/// The name of a series, and its title in the table: the crate, and what a case of it calls.
const SERIES: [(&str, &str); 8] = [
    ("ours", "events-core: `event.emit()`"),
    ("L1", "L1: loop over function pointers"),
    ("L2", "L2: L1 with `catch_unwind` around each call"),
    ("string map", "`HashMap<String, Vec<Box<dyn Fn(&mut E)>>>`"),
    ("evenio", "evenio 0.6.0: `world.send`"),
    (
        "bevy_ecs",
        "bevy_ecs 0.20.1: `world.trigger_ref`, observers",
    ),
    ("signals2", "signals2 0.3.3: `signal.emit`"),
    (
        "tokio broadcast",
        "tokio 1.54.1: `broadcast::send`, N `try_recv`",
    ),
];

pub(super) fn table(figures: &Figures) -> String {
    let series = SERIES.map(|(name, title)| Series {
        name,
        title,
        compared_with: "ours",
    });
    figures.times.table("subscribers", &SUBSCRIBERS, &series)
}
