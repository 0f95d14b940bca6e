//! The tables of times: async handlers, awaited ones, and events in the queue.

use bench_report::times::Series;

use super::{HANDLERS, SIZES, figures::Figures};

/// The name of a series, and its title in the table.
const AWAITED: [(&str, &str); 5] = [
    (
        "emit_async",
        "events-core: `event.emit_async()`, default registry, link-time subscribers",
    ),
    (
        "emit_async, run-time",
        "events-core: `registry.emit_async(event)`, own registry, `on_async`",
    ),
    (
        "join_all",
        "futures-util 0.3.34: `join_all` of boxed futures",
    ),
    ("boxed", "boxed futures, one after the other"),
    ("direct", "each awaited by its name: the lower bound"),
];

/// As [`AWAITED`], for handlers that are awaited in their places.
const IN_PLACE: [(&str, &str); 3] = [
    (
        "emit_async, in place",
        "events-core: `event.emit_async()`, default registry, link-time subscribers",
    ),
    (
        "emit_async, in place, run-time",
        "events-core: `registry.emit_async(event)`, own registry, `on_awaited`",
    ),
    ("boxed, in place", "boxed futures, one after the other"),
];

/// The name of a series, its title in the table, and the series it is compared with.
const QUEUED: [(&str, &str, &str); 6] = [
    (
        "queue",
        "events-core: default registry, one thread",
        "queue",
    ),
    (
        "queue, own registry",
        "events-core: own registry, one thread",
        "queue",
    ),
    ("channel", "crossbeam-channel 0.5.15, one thread", "queue"),
    (
        "worker",
        "events-core: default registry, two threads",
        "worker",
    ),
    (
        "worker, own registry",
        "events-core: own registry, two threads",
        "worker",
    ),
    (
        "receiver",
        "crossbeam-channel 0.5.15, two threads",
        "worker",
    ),
];

pub(super) fn awaited(figures: &Figures) -> String {
    let series = AWAITED.map(|(name, title)| Series {
        name,
        title,
        compared_with: "emit_async",
    });
    figures.times.table("ready handlers", &HANDLERS, &series)
}

pub(super) fn in_place(figures: &Figures) -> String {
    let series = IN_PLACE.map(|(name, title)| Series {
        name,
        title,
        compared_with: "emit_async, in place",
    });
    figures.times.table("ready handlers", &HANDLERS, &series)
}

pub(super) fn queued(figures: &Figures) -> String {
    let series = QUEUED.map(|(name, title, compared_with)| Series {
        name,
        title,
        compared_with,
    });
    figures.times.table("bytes of the event", &SIZES, &series)
}
