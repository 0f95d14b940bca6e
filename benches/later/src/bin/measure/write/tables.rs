//! The tables of times: handlers that are awaited, and events that wait in a queue.

use std::fmt::Write as _;

use super::{HANDLERS, SIZES, figures::Figures};

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
    ("direct", "each awaited by its name: the floor"),
];

const QUEUED: [(&str, &str); 6] = [
    ("queue", "events-core: default registry, one thread"),
    (
        "queue, own registry",
        "events-core: own registry, one thread",
    ),
    ("channel", "crossbeam-channel 0.5.15, one thread"),
    ("worker", "events-core: default registry, two threads"),
    (
        "worker, own registry",
        "events-core: own registry, two threads",
    ),
    ("receiver", "crossbeam-channel 0.5.15, two threads"),
];

pub(super) fn awaited(figures: &Figures) -> String {
    table(
        figures,
        "ready handlers",
        &HANDLERS,
        &AWAITED,
        |_| "emit_async",
    )
}

pub(super) fn queued(figures: &Figures) -> String {
    table(
        figures,
        "bytes of the event",
        &SIZES,
        &QUEUED,
        |series| match series {
            "worker" | "worker, own registry" | "receiver" => "worker",
            _ => "queue",
        },
    )
}

/// A line for each series; where it is not ours, with how many times ours it takes.
fn table(
    figures: &Figures,
    head: &str,
    sizes: &[u64],
    lines: &[(&str, &str)],
    ours: fn(&str) -> &'static str,
) -> String {
    let heads: String = sizes.iter().map(|size| format!(" {size} |")).collect();
    let mut table = format!("| {head} |{heads}\n|:--|{}\n", "--:|".repeat(sizes.len()));
    for &(series, what) in lines {
        let cells: String = sizes
            .iter()
            .map(|&size| {
                let (time, ours) = (figures.at(series, size), figures.at(ours(series), size));
                match time == ours {
                    true => format!(" {time:.1} |"),
                    false => format!(" {time:.1} ({:.1}x) |", time / ours),
                }
            })
            .collect();
        let _ = writeln!(table, "| {what} |{cells}");
    }
    table
}
