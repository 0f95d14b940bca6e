//! A shop that ends in the middle of its work, again and again, and neither loses an order nor books one twice.
//!
//! ```text
//! cargo run -p durable                                      # SQLite, a file in a temporary folder
//! cargo run -p durable -- --postgres postgres://localhost/shop
//! cargo run -p durable -- --sqlite shop.db                  # a file that is kept
//! cargo run -p durable -- --sqlite shop.db events stats     # the command to operate it
//! ```
//!
//! The program starts itself as a child process, which places orders and delivers their events, and aborts itself at one of
//! the places of `crash.rs`. Then it starts the next one, which continues. The last one finishes all that is left.
//!
//! What to look for:
//!
//! - `place` writes the order and emits `OrderPlaced` in one transaction. Nothing is delivered of an order that is not committed.
//! - `book` takes a `Tx`: each order is in the ledger exactly once, although the process was aborted between its write and its
//!   commit.
//! - `confirm` sends a mail, which no transaction can take back: each order has its mail at least once. The id of the delivery
//!   is that of the repetition as well, so that the mail server sends one of them.
//! - The command `events` is mounted with one line.

#![expect(clippy::print_stdout, reason = "an example shows what happened")]
#![expect(clippy::print_stderr, reason = "and why it failed")]

mod crash;
mod database;
mod mails;
mod runs;
mod shop;

use std::{
    error::Error,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Parser, Subcommand};
use database::Database;
use events_durable::{
    Durable,
    command::{EventsCommand, Terminal},
};
use sqlx::{Postgres, Sqlite};

/// A shop that ends in the middle of its work, and loses nothing
#[derive(Parser)]
struct Arguments {
    /// A PostgreSQL database, in which tables are created, in place of SQLite
    #[arg(long, value_name = "URL", conflicts_with = "sqlite")]
    postgres: Option<String>,
    /// A file of SQLite that is kept, in place of one in a temporary folder
    #[arg(long, value_name = "FILE")]
    sqlite: Option<PathBuf>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// One of the child processes
    #[command(hide = true)]
    Run(runs::Run),
    /// Stored events and their deliveries
    Events(EventsCommand),
}

#[tokio::main]
async fn main() -> ExitCode {
    match start().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("durable: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn start() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir()?;
    match &arguments.postgres {
        Some(url) => {
            let store = Durable::<Postgres>::connect(url).await?;
            work(url, folder.path(), &store, arguments.command).await
        }
        None => {
            let file = arguments.sqlite;
            let file = file.unwrap_or_else(|| folder.path().join("shop.db"));
            let url = format!("sqlite:{}?mode=rwc", file.display());
            let store = Durable::<Sqlite>::connect(&url).await?;
            let file = file.to_string_lossy();
            work(&file, folder.path(), &store, arguments.command).await
        }
    }
}

/// `database` is the value of the option that names it.
async fn work<DB: Database>(
    database: &str,
    folder: &Path,
    store: &Durable<DB>,
    command: Option<Command>,
) -> Result<(), Box<dyn Error>> {
    match command {
        None => runs::all(database, folder, store).await,
        Some(Command::Run(run)) => runs::one(store, run).await,
        Some(Command::Events(command)) => Ok(command.run(store, &mut Terminal::standard()).await?),
    }
}
