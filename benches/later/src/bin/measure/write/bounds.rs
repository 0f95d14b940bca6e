//! The table of bounds: what must hold, what was measured, and whether it does.

use std::fmt::Write as _;

use super::{HANDLERS, SIZES, figures::Figures};

/// What a queue needs for an event beside the event: its lane.
const BESIDE: u64 = 4;

/// How far a queue of 1,024 events may be above that, for its lanes themselves.
const LANES: f64 = 1.1;

struct Row {
    case: String,
    bound: String,
    measured: String,
    holds: bool,
}

pub(super) fn table(figures: &Figures) -> String {
    let mut table = String::from("| case | bound | measured | holds |\n|:--|:--|:--|:--|\n");
    for row in rows(figures) {
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} |",
            row.case,
            row.bound,
            row.measured,
            if row.holds { "yes" } else { "**no**" },
        );
    }
    table
}

fn rows(figures: &Figures) -> Vec<Row> {
    let at = |series, size| figures.at(series, size);
    let mut rows = vec![factor(
        "`emit_async`, 4 ready handlers",
        "`join_all`",
        at("emit_async", 4),
        at("join_all", 4),
        0.5,
    )];
    rows.push(factor(
        "`emit_async`, a handler of 64",
        "one of 16",
        at("emit_async", 64) / 64.0,
        at("emit_async", 16) / 16.0,
        1.3,
    ));
    rows.push(allocations(figures));
    rows.push(slept(figures));
    for (ours, other, bound, what) in [
        ("queue", "channel", 1.0, "one thread"),
        (
            "queue, own registry",
            "channel",
            1.0,
            "one thread, own registry",
        ),
        ("worker", "receiver", 0.5, "two threads"),
        (
            "worker, own registry",
            "receiver",
            0.5,
            "two threads, own registry",
        ),
    ] {
        for size in SIZES {
            rows.push(factor(
                &format!("queue, {what}, {size} bytes"),
                "crossbeam-channel",
                at(ours, size),
                at(other, size),
                bound,
            ));
        }
    }
    for capacity in [1_024, 65_536] {
        for size in SIZES {
            rows.push(full(figures, "once", 1, size, capacity));
        }
    }
    for size in SIZES {
        rows.push(full(figures, "twice", 2, size, 65_536));
    }
    rows
}

/// At most so many times something else.
fn factor(case: &str, other: &str, ours: f64, others: f64, bound: f64) -> Row {
    Row {
        case: case.to_owned(),
        bound: format!("{bound}x {other}"),
        measured: format!("{:.2}x: {ours:.1} ns, {others:.1} ns", ours / others),
        holds: ours <= bound * others,
    }
}

fn allocations(figures: &Figures) -> Row {
    let counts = HANDLERS.map(|n| figures.memory(&format!("allocations emit_async/{n}")));
    Row {
        case: "`emit_async`, ready handlers".to_owned(),
        bound: "no allocation".to_owned(),
        measured: format!("{counts:.0?} with {HANDLERS:?} handlers"),
        holds: counts == [0.0; HANDLERS.len()],
    }
}

fn slept(figures: &Figures) -> Row {
    let milliseconds = figures.slept.as_secs_f64() * 1e3;
    Row {
        case: "`emit_async`, 3 handlers that sleep 50 ms".to_owned(),
        bound: "70 ms".to_owned(),
        measured: format!("{milliseconds:.1} ms"),
        holds: milliseconds < 70.0,
    }
}

/// What a queue holds when it is full, and when it was full before.
fn full(figures: &Figures, burst: &str, sides: u64, size: u64, capacity: u64) -> Row {
    let bytes = figures.memory(&format!("full {burst} {size}/{capacity}"));
    let bound = sides * (size + BESIDE);
    Row {
        case: format!("memory of {capacity} events of {size} bytes, queue full {burst}"),
        bound: format!("{bound} bytes an event, and a tenth"),
        measured: format!("{bytes:.1} bytes an event"),
        holds: bytes <= LANES * bound as f64,
    }
}
