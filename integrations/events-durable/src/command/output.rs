//! What the command prints: lists, and the results of changes.

use std::io::{BufRead, Write};

use super::{
    arguments::{Change, Output},
    error::CommandError,
    table::{self, Cell, Column},
    terminal::Terminal,
};
use crate::{facade::DeadLetter, store::Stats};

const STATS: [Column; 8] = [
    Column("subscriber", "subscriber"),
    Column("depth", "depth"),
    Column("ready", "ready"),
    Column("in flight", "in_flight"),
    Column("dead", "dead"),
    Column("attempts", "attempts"),
    Column("oldest", "oldest_seconds"),
    Column("paused", "paused"),
];

const DEAD: [Column; 9] = [
    Column("number", "number"),
    Column("subscriber", "subscriber"),
    Column("topic", "topic"),
    Column("key", "key"),
    Column("emitted", "emitted"),
    Column("failed", "failed"),
    Column("lost", "lost"),
    Column("event", "event"),
    Column("error", "error"),
];

pub(super) fn stats_row(stats: Stats) -> Vec<Cell> {
    vec![
        Cell::Text(stats.subscriber),
        Cell::Count(stats.depth),
        Cell::Count(stats.ready),
        Cell::Count(stats.in_flight),
        Cell::Count(stats.dead),
        Cell::Count(stats.attempts),
        Cell::optional(stats.oldest, Cell::Age),
        Cell::Flag(stats.paused),
    ]
}

/// Without the payload of the event.
pub(super) fn dead_row(subscriber: &str, letter: DeadLetter) -> Vec<Cell> {
    vec![
        Cell::Number(letter.seq),
        Cell::Text(subscriber.to_owned()),
        Cell::Text(letter.topic),
        Cell::optional(letter.key, Cell::Text),
        Cell::Time(letter.time),
        Cell::Count(letter.failed.into()),
        Cell::Count(letter.lost.into()),
        Cell::Text(letter.id),
        Cell::Text(letter.error),
    ]
}

impl<I: BufRead, O: Write> Terminal<I, O> {
    pub(super) fn stats(&mut self, output: Output, rows: &[Vec<Cell>]) -> Result<(), CommandError> {
        self.list(
            output,
            &STATS,
            rows,
            "the database has no durable subscriber",
        )
    }

    pub(super) fn dead(&mut self, output: Output, rows: &[Vec<Cell>]) -> Result<(), CommandError> {
        self.list(output, &DEAD, rows, "no delivery is dead")
    }

    fn list(
        &mut self,
        output: Output,
        columns: &[Column],
        rows: &[Vec<Cell>],
        none: &str,
    ) -> Result<(), CommandError> {
        let text = match (output.json, rows) {
            (true, _) => table::json(columns, rows),
            (false, []) => format!("{none}\n"),
            (false, _) => table::text(columns, rows),
        };
        Ok(self.print(&text)?)
    }

    /// An error unless the change is confirmed, in advance or by the answer to a question. `what` states it.
    pub(super) fn confirm(&mut self, change: Change, what: &str) -> Result<(), CommandError> {
        // A question would stand in the output, which a program reads.
        if change.yes || (!change.output.json && self.confirms(what)?) {
            return Ok(());
        }
        Err(CommandError::NotConfirmed)
    }

    /// The result of a change: how many `things` there were.
    pub(super) fn changed(
        &mut self,
        change: Change,
        count: u64,
        things: [&str; 2],
        done: &str,
    ) -> Result<(), CommandError> {
        let text = if change.output.json {
            format!("{}\n", serde_json::json!({ "changed": count }))
        } else {
            format!("{}: {done}\n", counted(count, things))
        };
        Ok(self.print(&text)?)
    }
}

/// `1 event`, `2 events`.
pub(super) fn counted(count: u64, [one, more]: [&str; 2]) -> String {
    format!("{count} {}", if count == 1 { one } else { more })
}
