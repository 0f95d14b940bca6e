//! The subcommands, each as what it reads, what it confirms, and what it changes.

use std::{
    ffi::OsString,
    io::{BufRead, Write},
    iter::once,
    time::Duration,
};

use super::{
    arguments::{Action, Dead, DeadOnes, EventsCommand, OneSubscriber, Purge, Replay, Standalone},
    error::CommandError,
    output::{counted, dead_row, stats_row},
    terminal::Terminal,
};
use crate::{
    facade::{Durable, DurableError},
    store::{Engine, PURGE_BATCH, Stats},
};
use clap::{Parser, error::ErrorKind};

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
        DB::check_schema(store.pool()).await?;
        match self.action {
            Action::Stats(output) => {
                let rows = store.stats().await?.into_iter().map(stats_row);
                terminal.stats(output, &rows.collect::<Vec<_>>())
            }
            Action::Dead(dead) => list_dead(store, terminal, dead).await,
            Action::Retry(retry) => change_dead(store, terminal, &retry, DeadAre::TriedAgain).await,
            Action::Discard(discard) => {
                change_dead(store, terminal, &discard, DeadAre::Deleted).await
            }
            Action::Replay(replay) => replay_events(store, terminal, replay).await,
            Action::Pause(pause) => set_pause(store, terminal, &pause, true).await,
            Action::Resume(resume) => set_pause(store, terminal, &resume, false).await,
            Action::Retire(retire) => retire_subscriber(store, terminal, &retire).await,
            Action::Purge(purge) => purge_events(store, terminal, &purge).await,
        }
    }
}

/// The counts of a subscriber; an error if the database has none with this id.
async fn known<DB: Engine>(store: &Durable<DB>, subscriber: &str) -> Result<Stats, CommandError> {
    let mut all = store.stats().await?;
    match all.iter().position(|stats| stats.subscriber == subscriber) {
        Some(index) => Ok(all.swap_remove(index)),
        None => Err(CommandError::Store(DurableError::UnknownSubscriber {
            subscriber: subscriber.to_owned(),
            known: all.into_iter().map(|stats| stats.subscriber).collect(),
        })),
    }
}

async fn list_dead<DB: Engine>(
    store: &Durable<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    dead: Dead,
) -> Result<(), CommandError> {
    let subscribers = match dead.subscriber {
        Some(subscriber) => vec![known(store, &subscriber).await?],
        None => store.stats().await?,
    };
    let mut rows = Vec::new();
    for Stats { subscriber, .. } in subscribers.iter().filter(|stats| stats.dead > 0) {
        let letters = store.dead(subscriber).list(dead.limit).await?;
        rows.extend(
            letters
                .into_iter()
                .map(|letter| dead_row(subscriber, letter)),
        );
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
    store: &Durable<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    dead: &DeadOnes,
    they_are: DeadAre,
) -> Result<(), CommandError> {
    let done = match they_are {
        DeadAre::TriedAgain => "tried again",
        DeadAre::Deleted => "deleted",
    };
    let stats = known(store, &dead.subscriber).await?;
    let (letters, count) = match &dead.only[..] {
        [] => (store.dead(&dead.subscriber), stats.dead),
        numbers => {
            let letters = store.dead(&dead.subscriber).only(numbers.iter().copied());
            (letters, numbers.len() as u64)
        }
    };
    let mut changed = 0;
    if count > 0 {
        let deliveries = counted(count, DEAD_DELIVERIES);
        let what = format!("{deliveries} of {} will be {done}.", dead.subscriber);
        terminal.confirm(dead.change, &what)?;
        changed = match they_are {
            DeadAre::TriedAgain => letters.retry().await?,
            DeadAre::Deleted => letters.discard().await?,
        };
    }
    terminal.changed(dead.change, changed, DEAD_DELIVERIES, done)
}

async fn replay_events<DB: Engine>(
    store: &Durable<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    replay: Replay,
) -> Result<(), CommandError> {
    known(store, &replay.subscriber).await?;
    let what = format!(
        "{} will receive events once more that it has received already.",
        replay.subscriber
    );
    terminal.confirm(replay.change, &what)?;
    let mut events = store.replay(&replay.subscriber);
    if let Some(since) = replay.since {
        events = events.since(since.time());
    }
    if let Some(until) = replay.until {
        events = events.until(until.time());
    }
    if let Some(topic) = replay.topic {
        events = events.topic(topic);
    }
    let added = events.await?;
    terminal.changed(replay.change, added, DELIVERIES, "added")
}

async fn set_pause<DB: Engine>(
    store: &Durable<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    one: &OneSubscriber,
    paused: bool,
) -> Result<(), CommandError> {
    let stats = known(store, &one.subscriber).await?;
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
            store.pause(&one.subscriber).await?;
        } else {
            store.resume(&one.subscriber).await?;
        }
    }
    terminal.changed(
        one.change,
        is_new.into(),
        ["subscriber", "subscribers"],
        done,
    )
}

async fn retire_subscriber<DB: Engine>(
    store: &Durable<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    one: &OneSubscriber,
) -> Result<(), CommandError> {
    let stats = known(store, &one.subscriber).await?;
    let what = format!(
        "{} and its {} will be deleted. A program that still has this subscriber registers it again at its next start.",
        one.subscriber,
        counted(stats.depth + stats.dead, DELIVERIES)
    );
    terminal.confirm(one.change, &what)?;
    let deleted = store.retire(&one.subscriber).await?;
    terminal.changed(
        one.change,
        deleted,
        DELIVERIES,
        "deleted with the subscriber",
    )
}

async fn purge_events<DB: Engine>(
    store: &Durable<DB>,
    terminal: &mut Terminal<impl BufRead, impl Write>,
    purge: &Purge,
) -> Result<(), CommandError> {
    let age = humantime::format_duration(Duration::from_secs(purge.older_than.as_secs()));
    let what = format!(
        "Events that all subscribers have had for {age} will be deleted. They can no longer be replayed."
    );
    terminal.confirm(purge.change, &what)?;
    let deleted = DB::purge(store.pool(), purge.older_than, PURGE_BATCH).await?;
    terminal.changed(purge.change, deleted, EVENTS, "deleted")
}
