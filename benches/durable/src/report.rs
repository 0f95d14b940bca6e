//! The tables: what must hold, and the figures of each database.

use std::{fmt::Write as _, time::Duration};

use bench_report::bounds::{self, Bound};

use crate::{
    Size,
    cases::Measured,
    claims::{BEHIND, CLAIMS, FEW, MANY},
    enqueue::{self, BATCH, EMITTED, FOR_TWO, KEYED, ROWS, SINGLE, STORED},
    latency::{LATENCY, P50, P99},
    process::{self, FOUR, ONE, PROCESS},
};

pub(crate) const SQLITE: &str = "SQLite, `synchronous` FULL";
pub(crate) const POSTGRES: &str = "PostgreSQL, `synchronous_commit` on";

/// The cases of a database.
type Figures = (&'static str, Vec<Measured>);

/// The names of the sections, and their texts.
pub(crate) fn sections(figures: &[Figures], size: Size) -> [(&'static str, String); 2] {
    let bounds: Vec<Bound> = figures.iter().flat_map(bounds_of).collect();
    let tables: Vec<String> = figures.iter().map(|one| table(one, size)).collect();
    [
        ("durable: bounds", bounds::table(&bounds)),
        ("durable: costs", tables.join("\n")),
    ]
}

/// What a bound compares with.
#[derive(Clone, Copy)]
enum Limit {
    /// At most so many times the time of another case.
    Times(f64, &'static str),
    /// At least this part of the rate of another case.
    Rate(f64, &'static str),
    /// At most so long.
    Millis(u64),
}
use Limit::{Millis, Rate, Times};

fn bounds_of((database, measured): &Figures) -> Vec<Bound> {
    let single = if *database == SQLITE { 2.6 } else { 1.6 };
    [
        (SINGLE, FOR_TWO, Times(single, enqueue::PLAIN)),
        (SINGLE, KEYED, Times(single, enqueue::PLAIN)),
        (BATCH, STORED, Rate(0.5, ROWS)),
        (BATCH, EMITTED, Rate(0.5, ROWS)),
        (PROCESS, ONE, Rate(0.6, process::PLAIN)),
        (PROCESS, FOUR, Rate(1.5, process::PLAIN)),
        (LATENCY, P50, Millis(3)),
        (LATENCY, P99, Millis(25)),
        (CLAIMS, BEHIND, Millis(2)),
        (CLAIMS, MANY, Times(1.5, FEW)),
    ]
    .into_iter()
    .filter_map(|(group, name, limit)| {
        let of = |name| {
            let is_it = |one: &&Measured| one.group == group && one.name == name;
            measured.iter().find(is_it).map(|one| one.time)
        };
        let ours = of(name)?;
        let (bound, measured, holds) = compared(ours, limit, of)?;
        let case = format!("{database}: {group}, {name}");
        Some(Bound {
            case,
            bound,
            measured,
            holds,
        })
    })
    .collect()
}

/// The text of the limit, that of the figures, and whether it holds.
fn compared(
    ours: Duration,
    limit: Limit,
    of: impl Fn(&'static str) -> Option<Duration>,
) -> Option<(String, String, bool)> {
    let ours = millis(ours);
    Some(match limit {
        Times(most, base) => {
            let other = millis(of(base)?);
            let measured = format!("{:.2}x: {ours:.3} ms, {other:.3} ms", ours / other);
            (
                format!("at most {most}x {base}"),
                measured,
                ours <= most * other,
            )
        }
        Rate(least, base) => {
            let other = millis(of(base)?);
            let measured = format!("{:.2}x: {ours:.3} ms, {other:.3} ms", other / ours);
            (
                format!("at least {least}x as many a second as {base}"),
                measured,
                other >= least * ours,
            )
        }
        Millis(most) => (
            format!("at most {most} ms"),
            format!("{ours:.2} ms"),
            ours <= most as f64,
        ),
    })
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

fn table((database, measured): &Figures, size: Size) -> String {
    let mut table = format!("{database}:\n\n| | ms | | a second |\n|:--|--:|--:|--:|\n");
    let mut base: Option<&Measured> = None;
    for one in measured {
        let first = match base {
            Some(base) if base.group == one.group => base,
            _ => {
                let _ = writeln!(table, "| **{}** | | | |", title(one.group, size));
                *base.insert(one)
            }
        };
        let (ours, other) = (millis(one.time), millis(first.time));
        let units = if one.group == BATCH { size.batch } else { 1 };
        let rate = match one.group {
            LATENCY | CLAIMS => String::new(),
            _ => format!("{:.0}", units as f64 * 1e3 / ours),
        };
        let _ = writeln!(
            table,
            "| {} | {ours:.3} | {:.2}x | {rate} |",
            one.name,
            ours / other
        );
    }
    table
}

fn title(group: &str, size: Size) -> String {
    match group {
        BATCH => format!("{group}, {} of them", size.batch),
        CLAIMS => format!(
            "{group}; few are {}, many {}, behind one key {}",
            size.few, size.many, size.behind
        ),
        _ => group.to_owned(),
    }
}
