//! The table of bounds: what must hold, what was measured, and whether it does.

use std::fmt::Write as _;

use super::{figures::Figures, scan::PerSubscriber};
use crate::{rounds::TWO_THREADS, subscribe::Subscribing};

/// How far apart two measurements of the same are: what "as" means.
const NOISE: f64 = 1.05;

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
    let time = |case: &str| figures.time(case);
    let l2 = time("L2/4");
    let plain = time("ours/4");
    let mut rows = vec![
        instructions(figures),
        factor("1 subscriber", "L2", time("ours/1"), time("L2/1"), 1.3),
    ];
    for subscribers in [4, 16, 64] {
        let (ours, floor) = (
            figures.at("ours", subscribers),
            figures.at("L2", subscribers),
        );
        rows.push(factor(
            &format!("{subscribers} subscribers"),
            "L2",
            ours,
            floor,
            1.0,
        ));
    }
    for subscribers in [4, 16, 64] {
        let ours = figures.at("ours opaque", subscribers);
        let floor = figures.at("L2 opaque", subscribers);
        let case = format!("{subscribers} opaque");
        rows.push(factor(&case, "L2", ours, floor, 1.1));
    }
    rows.extend([
        above(
            "4 run-time subscriptions",
            "L2",
            time("run-time/4"),
            l2,
            8.0,
        ),
        factor("4, an instance registry", "L2", time("instance/4"), l2, 1.2),
        above(
            "4 by a pattern, an event without a type",
            "a typed event",
            time("by pattern, named/4"),
            time("by pattern, typed/4"),
            40.0,
        ),
        above("4, a generic event", "L2", time("generic/4"), l2, 5.0),
        factor(
            "4, a borrowed event",
            "an owned one",
            time("borrowed/4"),
            plain,
            NOISE,
        ),
        factor(
            "4, two threads",
            "one thread",
            time(TWO_THREADS),
            plain,
            1.1,
        ),
        factor(
            "4, 256 bytes through `emit_mut`",
            "16 bytes",
            time("mut 256 bytes/4"),
            time("mut 16 bytes/4"),
            1.1,
        ),
        each(
            "origin filter",
            time("from, filtered/4"),
            time("from/4"),
            4.0,
        ),
        each(
            "origin filter on 1 of 4",
            time("from, one filtered/4"),
            time("from/4"),
            1.0,
        ),
        each("`when`", time("when/4"), plain, 4.0),
        each("`Result`", time("result/4"), plain, 4.0),
    ]);
    for (peer, bound) in [
        ("bevy_ecs", 10.0),
        ("signals2", 6.0),
        ("tokio broadcast", 20.0),
        ("string map", 3.0),
    ] {
        let peers = figures.at(peer, 4);
        rows.push(Row {
            case: format!("4, against {peer}"),
            bound: format!("{bound}x faster"),
            measured: format!("{:.1}x: {plain:.1} ns, {peers:.1} ns", peers / plain),
            holds: peers >= bound * plain,
        });
    }
    let Subscribing { batch, one } = figures.subscribing;
    rows.push(Row {
        case: "a batch of 1,000 run-time subscriptions".to_owned(),
        bound: "10x one beside 1,000 others".to_owned(),
        measured: format!(
            "{:.1}x: {:.0} us, {:.0} us",
            batch / one,
            batch / 1e3,
            one / 1e3
        ),
        holds: batch <= 10.0 * one,
    });
    let PerSubscriber { few, many } = &figures.scans;
    for (which, many, few) in [
        ("first `scan()` of a process", many.first, few.first),
        ("later `scan()`", many.later, few.later),
    ] {
        let case = format!("{which}, per subscriber, 10,000 over 1,000 events");
        rows.push(factor(&case, "with 100", many, few, 2.0));
    }
    rows
}

fn instructions(figures: &Figures) -> Row {
    let count = figures.instructions("ours/0").unwrap_or(f64::NAN);
    Row {
        case: "0 subscribers".to_owned(),
        bound: "15 instructions".to_owned(),
        measured: format!("{count:.0} instructions, {:.1} ns", figures.time("ours/0")),
        holds: count <= 15.0,
    }
}

/// At most so many times something else.
fn factor(case: &str, floor: &str, ours: f64, other: f64, bound: f64) -> Row {
    Row {
        case: case.to_owned(),
        bound: format!("{bound}x {floor}"),
        measured: format!("{:.2}x: {ours:.1} ns, {other:.1} ns", ours / other),
        holds: ours <= bound * other,
    }
}

/// At most so many nanoseconds more than something else.
fn above(case: &str, floor: &str, ours: f64, other: f64, bound: f64) -> Row {
    Row {
        case: case.to_owned(),
        bound: format!("{floor} + {bound} ns"),
        measured: format!("{:+.1} ns: {ours:.1} ns, {other:.1} ns", ours - other),
        holds: ours <= other + bound,
    }
}

/// At most a nanosecond for each handler that has it.
fn each(case: &str, with: f64, without: f64, handlers: f64) -> Row {
    let cost = (with - without) / handlers;
    Row {
        case: format!("4, {case}"),
        bound: "1 ns for each handler that has it".to_owned(),
        measured: format!("{cost:+.2} ns: {with:.1} ns, {without:.1} ns"),
        holds: cost <= 1.0,
    }
}
