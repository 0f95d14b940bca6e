//! The subcommands, each as what it reads, what it confirms, and what it changes.

use std::{
    ffi::OsString,
    io::{BufRead, Write},
    iter::once,
    time::Duration,
};

use clap::{Parser, error::ErrorKind};
use sqlx::Pool;

use super::{
    arguments::{Action, Dead, DeadOnes, EventsCommand, OneSubscriber, Purge, Replay, Standalone},
    error::CommandError,
    output::{counted, dead_row, stats_row},
    terminal::Terminal,
};
use crate::{
    Durable,
    store::{self, Engine, Stats},
};

/// Events that are deleted in one transaction.
const BATCH: u32 = 1000;

const DELIVERIES: [&str; 2] = ["delivery", "deliveries"];
const DEAD_DELIVERIES: [&str; 2] = ["dead delivery", "dead deliveries"];
const EVENTS: [&str; 2] = ["event", "events"];

/// Runs the command with the arguments after `myapp events`.
///
/// ```
/// use events_durable::{Durable, command::{Terminal, run}};
/// use sqlx::{Sqlite, sqlite::SqlitePoolOptions};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// let store = Durable::<Sqlite>::with_pool(pool);
/// store.migrate().await?;
///
/// // In a program `std::env::args_os().skip(2)` and `Terminal::standard()`.
/// let mut terminal = Terminal::new(&b""[..], Vec::new());
/// run(&store, ["stats"], &mut terminal).await?;
/// assert_eq!(terminal.into_output(), b"the database has no durable subscriber\n");
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// If the arguments are wrong, a change is not confirmed, no subscriber has this id, or the database fails.
///
/// # Cancellation
///
/// As that of [`EventsCommand::run`].
pub async fn run<DB: Engine, I: BufRead, O: Write>(
    store: &Durable<DB>,
    arguments: impl IntoIterator<Item = impl Into<OsString>>,
    terminal: &mut Terminal<I, O>,
) -> Result<(), CommandError> {
    let arguments = once("events".into()).chain(arguments.into_iter().map(Into::into));
    match Standalone::try_parse_from(arguments) {
        Ok(parsed) => parsed.command.run(store, terminal).await,
        Err(help) if help.kind() == ErrorKind::DisplayHelp => {
            Ok(terminal.print(&help.to_string())?)
        }
        Err(error) => Err(CommandError::Usage(error.to_string())),
    }
}

impl EventsCommand {
    /// Runs the subcommand.
    ///
    /// ```
    /// use clap::Parser;
    /// use events_durable::{Durable, command::{CommandError, EventsCommand, Terminal}};
    /// use sqlx::Sqlite;
    ///
    /// #[derive(Parser)]
    /// enum Arguments {
    ///     Events(EventsCommand),
    /// }
    ///
    /// async fn run(store: &Durable<Sqlite>, arguments: Arguments) -> Result<(), CommandError> {
    ///     let Arguments::Events(command) = arguments;
    ///     command.run(store, &mut Terminal::standard()).await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// If a change is not confirmed, no subscriber has this id, or the database fails.
    ///
    /// # Cancellation
    ///
    /// Each change is one transaction, which is made or not; `purge` deletes in batches.
    pub async fn run<DB: Engine, I: BufRead, O: Write>(
        self,
        store: &Durable<DB>,
        terminal: &mut Terminal<I, O>,
    ) -> Result<(), CommandError> {
        let pool = store.pool();
        DB::check_schema(pool).await?;
        match self.action {
            Action::Stats(output) => {
                let rows = DB::stats(pool).await?.into_iter().map(stats_row);
                terminal.stats(output, &rows.collect::<Vec<_>>())
            }
            Action::Dead(dead) => list_dead(pool, terminal, dead).await,
            Action::Retry(retry) => change_dead(pool, terminal, &retry, DeadAre::TriedAgain).await,
            Action::Discard(discard) => change_dead(pool, terminal, &discard, DeadAre::Deleted).await,
            Action::Replay(replay) => replay_events(pool, terminal, replay).await,
            Action::Pause(pause) => set_pause(pool, terminal, &pause, true).await,
            Action::Resume(resume) => set_pause(pool, terminal, &resume, false).await,
            Action::Retire(retire) => retire_subscriber(pool, terminal, &retire).await,
            Action::Purge(purge) => purge_events(pool, terminal, &purge).await,
        }
    }
}

/// The counts of a subscriber; an error if the database has none with this id.
async fn known<DB: Engine>(pool: &Pool<DB>, subscriber: &str) -> Result<Stats, CommandError> {
    let mut all = DB::stats(pool).await?;
    match all.iter().position(|stats| stats.subscriber == subscriber) {
        Some(index) => Ok(all.swap_remove(index)),
        None => Err(CommandError::UnknownSubscriber {
            subscriber: subscriber.to_owned(),
            known: all.into_iter().map(|stats| stats.subscriber).collect(),
        }),
    }
}

async fn list_dead<DB: Engine>(
    pool: &Pool<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    dead: Dead,
) -> Result<(), CommandError> {
    let subscribers = match dead.subscriber {
        Some(subscriber) => vec![known(pool, &subscriber).await?],
        None => DB::stats(pool).await?,
    };
    let mut rows = Vec::new();
    for Stats { subscriber, .. } in subscribers.iter().filter(|stats| stats.dead > 0) {
        let letters = DB::dead_list(pool, subscriber, dead.limit).await?;
        rows.extend(letters.into_iter().map(|letter| dead_row(subscriber, letter)));
    }
    terminal.dead(dead.output, &rows)
}

/// What becomes of dead deliveries.
#[derive(Clone, Copy)]
enum DeadAre {
    TriedAgain,
    Deleted,
}

async fn change_dead<DB: Engine>(
    pool: &Pool<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    dead: &DeadOnes,
    they_are: DeadAre,
) -> Result<(), CommandError> {
    let done = match they_are {
        DeadAre::TriedAgain => "tried again",
        DeadAre::Deleted => "deleted",
    };
    let stats = known(pool, &dead.subscriber).await?;
    let numbers = (!dead.only.is_empty()).then_some(&dead.only[..]);
    let count = numbers.map_or(stats.dead, |numbers| numbers.len() as u64);
    let mut changed = 0;
    if count > 0 {
        let deliveries = counted(count, DEAD_DELIVERIES);
        let what = format!("{deliveries} of {} will be {done}.", dead.subscriber);
        terminal.confirm(dead.change, &what)?;
        changed = match they_are {
            DeadAre::TriedAgain => DB::dead_retry(pool, &dead.subscriber, numbers).await?,
            DeadAre::Deleted => DB::dead_discard(pool, &dead.subscriber, numbers).await?,
        };
    }
    terminal.changed(dead.change, changed, DEAD_DELIVERIES, done)
}

async fn replay_events<DB: Engine>(
    pool: &Pool<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    replay: Replay,
) -> Result<(), CommandError> {
    known(pool, &replay.subscriber).await?;
    let what = format!(
        "{} will receive events once more that it has received already.",
        replay.subscriber
    );
    terminal.confirm(replay.change, &what)?;
    let which = store::Replay {
        since: replay.since.map(|since| since.millis()),
        until: replay.until.map(|until| until.millis()),
        topic: replay.topic,
    };
    let added = DB::replay(pool, &replay.subscriber, &which).await?;
    terminal.changed(replay.change, added, DELIVERIES, "added")
}

async fn set_pause<DB: Engine>(
    pool: &Pool<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    one: &OneSubscriber,
    paused: bool,
) -> Result<(), CommandError> {
    let stats = known(pool, &one.subscriber).await?;
    let done = if paused { "paused" } else { "resumed" };
    let is_new = stats.paused != paused;
    if is_new {
        let what = format!(
            "{} will be {done}, with {}.",
            one.subscriber,
            counted(stats.depth, DELIVERIES)
        );
        terminal.confirm(one.change, &what)?;
        if paused {
            DB::pause(pool, &one.subscriber).await?;
        } else {
            DB::resume(pool, &one.subscriber).await?;
        }
    }
    terminal.changed(one.change, is_new.into(), ["subscriber", "subscribers"], done)
}

async fn retire_subscriber<DB: Engine>(
    pool: &Pool<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    one: &OneSubscriber,
) -> Result<(), CommandError> {
    let stats = known(pool, &one.subscriber).await?;
    let what = format!(
        "{} and its {} will be deleted. A program that still has this subscriber registers it again at its next start.",
        one.subscriber,
        counted(stats.depth + stats.dead, DELIVERIES)
    );
    terminal.confirm(one.change, &what)?;
    let deleted = DB::retire(pool, &one.subscriber).await?;
    terminal.changed(one.change, deleted, DELIVERIES, "deleted with the subscriber")
}

async fn purge_events<DB: Engine>(
    pool: &Pool<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    purge: &Purge,
) -> Result<(), CommandError> {
    let age = humantime::format_duration(Duration::from_secs(purge.older_than.as_secs()));
    let what = format!("Events older than {age} that all subscribers have received will be deleted. They can no longer be replayed.");
    terminal.confirm(purge.change, &what)?;
    let deleted = DB::purge(pool, purge.older_than, BATCH).await?;
    terminal.changed(purge.change, deleted, EVENTS, "deleted")
}
