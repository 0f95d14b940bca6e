//! The cost of durable delivery, beside plain rows in the same database, on SQLite and on PostgreSQL.
//!
//! ```text
//! durable           measures, and prints the tables
//! durable --write   writes them into BENCHMARKS.md as well
//! durable --smoke   runs each case once, with few rows: that they run, and that the events arrive
//! durable --only GROUP [sqlite | postgres]   measures one group of cases, such as `enqueue` or `claims`
//! ```

mod cases;
mod claims;
mod database;
mod enqueue;
mod latency;
mod process;
mod report;
#[path = "../../records/src/server.rs"]
mod server;
mod shop;

use std::{env, path::Path, process::ExitCode};

use bench_report::{Result, document};

use cases::Measured;
use database::Database;
use shop::Writing;

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// How often each case is measured.
    rounds: usize,
    /// Transactions of a turn of single rows, and how many turns a round has.
    rows: usize,
    turns: usize,
    /// Events of a batch.
    batch: usize,
    /// Deliveries that are processed in a turn.
    deliveries: usize,
    /// Events whose latency is measured.
    woken: usize,
    /// Events behind one key, few and many waiting deliveries, and the claims that are measured of each.
    behind: usize,
    few: usize,
    many: usize,
    claims: usize,
}

const FULL: Size = Size {
    rounds: 9,
    rows: 20,
    turns: 8,
    batch: 1_000,
    deliveries: 200,
    woken: 300,
    behind: 20_000,
    few: 1_000,
    many: 1_000_000,
    claims: 101,
};

const SMOKE: Size = Size {
    rounds: 1,
    rows: 2,
    turns: 1,
    batch: 3,
    deliveries: 5,
    woken: 3,
    behind: 60,
    few: 60,
    many: 120,
    claims: 3,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (size, only, engine, is_written) = match arguments[..] {
        [] => (FULL, None, None, false),
        ["--write"] => (FULL, None, None, true),
        ["--smoke"] => (SMOKE, None, None, false),
        ["--only", group] => (FULL, Some(group), None, false),
        ["--only", group, engine] => (FULL, Some(group), Some(engine), false),
        _ => {
            eprintln!("usage: durable [--write | --smoke | --only GROUP [sqlite | postgres]]");
            return ExitCode::FAILURE;
        }
    };
    match run(size, only, engine, is_written) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("durable: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(size: Size, only: Option<&str>, engine: Option<&str>, is_written: bool) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let measured = runtime.block_on(async {
        let mut measured = Vec::new();
        if engine != Some("postgres") {
            let database = database::sqlite().await?;
            measured.push((report::SQLITE, measure(&database, size, only).await?));
        }
        if engine != Some("sqlite") {
            match database::postgres().await? {
                Some(database) => {
                    measured.push((report::POSTGRES, measure(&database, size, only).await?));
                }
                None => eprintln!("NO POSTGRESQL: it was not measured. Install it, for example `apt-get install postgresql`"),
            }
        }
        Ok::<_, Box<dyn std::error::Error>>(measured)
    })?;
    let sections = report::sections(&measured, size);
    if is_written {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        return document::update(&here.join("../../BENCHMARKS.md"), &sections);
    }
    for (_, table) in sections {
        println!("{table}");
    }
    Ok(())
}

async fn measure<DB: Writing>(
    database: &Database<DB>,
    size: Size,
    only: Option<&str>,
) -> Result<Vec<Measured>> {
    let mut measured = Vec::new();
    let is_wanted = |group: &str| only.is_none_or(|only| only == group);
    if is_wanted("enqueue") {
        eprintln!("{}: enqueue ..", DB::NAME);
        measured.extend(enqueue::measure(database, size).await?);
    }
    if is_wanted("process") {
        eprintln!("{}: process ..", DB::NAME);
        measured.extend(process::measure(database, size).await?);
    }
    if is_wanted("latency") {
        eprintln!("{}: latency ..", DB::NAME);
        measured.extend(latency::measure(database, size).await?);
    }
    if is_wanted("claims") {
        eprintln!("{}: claims ..", DB::NAME);
        measured.extend(claims::measure(database, size).await?);
    }
    Ok(measured)
}
