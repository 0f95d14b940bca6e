//! The cost of the events of records, beside SeaORM alone, on SQLite and on PostgreSQL.
//!
//! ```text
//! records           measures, and prints the tables
//! records --write   writes them into BENCHMARKS.md as well
//! records --smoke   runs each case once, with few rows: that they run, and that their events are received
//! records --only GROUP   measures one group of cases, such as `updates` or `bulk update`, for a profiler
//! ```

mod cases;
mod cost;
mod database;
mod entities;
mod report;
mod returning;
mod server;
mod work;

use std::{env, path::Path, process::ExitCode};

use bench_report::{Result, document};
use sea_orm::sqlx::sqlite::SqliteSynchronous;

use cases::{Size, measure};
use database::Database;

const FULL: Size = Size {
    turns: 20,
    rows: 25,
    bulk: 5_000,
    rounds: 7,
};

const SMOKE: Size = Size {
    turns: 1,
    rows: 3,
    bulk: 3,
    rounds: 1,
};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let (size, only, is_written) = match arguments[..] {
        [] => (FULL, None, false),
        ["--write"] => (FULL, None, true),
        ["--smoke"] => (SMOKE, None, false),
        ["--only", group] => (FULL, Some(group), false),
        _ => {
            eprintln!("usage: records [--write | --smoke | --only GROUP]");
            return ExitCode::FAILURE;
        }
    };
    match run(size, only, is_written) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("records: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(size: Size, only: Option<&str>, is_written: bool) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let measured = runtime.block_on(async {
        let mut measured = Vec::new();
        for (name, synchronous) in [
            (report::SQLITE_FULL, SqliteSynchronous::Full),
            (report::SQLITE_NORMAL, SqliteSynchronous::Normal),
        ] {
            eprintln!("{name} ..");
            let database = Database::sqlite(synchronous).await?;
            measured.push((name, measure(&database, size, only).await?));
        }
        let name = report::POSTGRES;
        match Database::postgres().await? {
            Some(database) => {
                eprintln!("{name} ..");
                measured.push((name, measure(&database, size, only).await?));
            }
            None => eprintln!("NO POSTGRESQL: it was not measured. Install it, for example `apt-get install postgresql`"),
        }
        Ok::<_, sea_orm::DbErr>(measured)
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
