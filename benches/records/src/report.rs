//! The tables: what must hold, and the figures of each database.

use std::fmt::Write as _;

use bench_report::bounds::{self, Bound};

use crate::{
    cases::{
        AFTER, DELETE_MANY, DELETED, DELETING, EXACT, INSERTS, Measured, NO_SUBSCRIBER, PLAIN,
        RETURNING, Size, UPDATE_MANY, UPDATES,
    },
    cost::Cost,
};

pub(crate) const SQLITE_FULL: &str = "SQLite, `synchronous` FULL";
pub(crate) const SQLITE_NORMAL: &str = "SQLite, `synchronous` NORMAL";
pub(crate) const POSTGRES: &str = "PostgreSQL, `synchronous_commit` on";

/// The cases of a database.
type Figures = (&'static str, Vec<Measured>);

/// The names of the sections, and their texts.
pub(crate) fn sections(figures: &[Figures], size: Size) -> [(&'static str, String); 2] {
    let bounds: Vec<Bound> = figures.iter().flat_map(bounds_of).collect();
    let tables: Vec<String> = figures.iter().map(|one| table(one, size)).collect();
    [
        ("records: bounds", bounds::table(&bounds)),
        ("records: costs", tables.join("\n")),
    ]
}

fn bounds_of((database, measured): &Figures) -> Vec<Bound> {
    let [after, exact] = match *database {
        SQLITE_FULL => [1.15, 1.15],
        SQLITE_NORMAL => [1.6, 1.6],
        _ => [1.4, 2.0],
    };
    // With the faster of both, where there are two.
    let inserts = match *database {
        POSTGRES => PLAIN,
        _ => RETURNING,
    };
    [
        (UPDATES, AFTER, PLAIN, after, false),
        (UPDATES, EXACT, PLAIN, exact, false),
        (INSERTS, NO_SUBSCRIBER, inserts, 1.1, true),
        (UPDATE_MANY, AFTER, RETURNING, 2.5, false),
        (UPDATE_MANY, EXACT, RETURNING, 2.5, false),
        (UPDATE_MANY, AFTER, PLAIN, 2.5, false),
        (UPDATE_MANY, EXACT, PLAIN, 2.5, false),
        (DELETE_MANY, DELETED, PLAIN, 2.5, false),
        (DELETE_MANY, DELETING, PLAIN, 2.5, false),
    ]
    .into_iter()
    .filter_map(|(group, name, base, bound, is_processor)| {
        let of = |name| {
            let is_it = |one: &&Measured| one.group == group && one.name == name;
            measured.iter().find(is_it).map(|one| match is_processor {
                true => one.cost.processor,
                false => one.cost.time,
            })
        };
        let (ours, base_cost) = (of(name)?.as_secs_f64(), of(base)?.as_secs_f64());
        let unit = if is_processor { ", processor time" } else { "" };
        Some(Bound {
            case: format!("{database}: {group}, {name}{unit}"),
            bound: format!("{bound}x {base}"),
            measured: format!(
                "{:.2}x: {:.1} ms, {:.1} ms",
                ours / base_cost,
                ours * 1e3,
                base_cost * 1e3
            ),
            holds: ours <= bound * base_cost,
        })
    })
    .collect()
}

fn table((database, measured): &Figures, size: Size) -> String {
    let mut table = format!("{database}:\n\n| | ms | | processor, ms | |\n|:--|--:|--:|--:|--:|\n");
    let mut base: Option<&Measured> = None;
    for one in measured {
        let first = match base {
            Some(base) if base.group == one.group => base,
            _ => {
                let rows = match one.group {
                    UPDATE_MANY | DELETE_MANY => size.bulk,
                    _ => size.turns * size.rows,
                };
                let _ = writeln!(table, "| **{rows} {}** | | | | |", title(one.group));
                *base.insert(one)
            }
        };
        let ms = |pick: fn(Cost) -> std::time::Duration| {
            let (ours, base) = (pick(one.cost).as_secs_f64(), pick(first.cost).as_secs_f64());
            format!("{:.1} | {:.2}x", ours * 1e3, ours / base)
        };
        let (time, processor) = (ms(|cost| cost.time), ms(|cost| cost.processor));
        let _ = writeln!(table, "| {} | {time} | {processor} |", one.name);
    }
    table
}

fn title(group: &str) -> String {
    match group {
        UPDATE_MANY | DELETE_MANY => format!("rows, one {group}"),
        _ => group.to_owned(),
    }
}
