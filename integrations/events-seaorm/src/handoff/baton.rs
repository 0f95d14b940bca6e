//! What a hook before a write hands to the statement that writes.
//!
//! SeaORM executes the statement in the poll in which the hook is ready: there is no await in between at which another task could
//! run, so a thread-local carries the baton across. From then on the future of the statement owns it. The tests hold this for the
//! pinned version of SeaORM: a baton that the statement does not take is an event that is missing.

use std::{cell::RefCell, future::Future, pin::Pin};

use events_core::{emitting::Emitting, units::UnitHandle};
use sea_orm::{
    DbBackend, DbErr, QueryResult, Statement,
    sea_query::{Value, ValueTuple},
};

use crate::transaction::Tx;

/// What a hook before a write hands to the statement.
pub(crate) struct Baton {
    /// Which statement it is for.
    pub(crate) of: StatementOf,
    /// The transaction that the hook has begun, since the caller has none: the statement is executed in it.
    pub(crate) within: Option<Tx>,
    /// What is emitted when the statement has been executed; `None` if no subscriber would receive it.
    pub(crate) announce: Option<Announce>,
    /// What is emitted for each row, if the statement writes several and returns them: SeaORM calls the hook of each record before
    /// one statement for all when it writes the rows between records at many of each other.
    pub(crate) announce_each: Option<AnnounceEach>,
    /// Reads the row, for what a statement does not return.
    pub(crate) select: Option<Select>,
    /// Set if the old row of an update is not read yet.
    pub(crate) with_old: Option<WithOld>,
    /// How the hook has read the old row.
    pub(crate) old: OldRow,
}

/// What the hook has read of the old row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OldRow {
    /// It has not read it.
    Unread,
    /// It has read it, when this many statements had been executed in the transaction.
    ReadAt(u64),
    /// There was none. One that is inserted meanwhile was not checked, and is not to be written.
    Missing,
}

/// Which statement a baton is for: a connection that wraps one of the crate may refuse that one, and execute another.
pub(crate) struct StatementOf {
    pub(crate) verb: Verb,
    pub(crate) table: &'static str,
    /// The key of the record, if it has one. Several records of one statement have that of the last.
    pub(crate) key: Option<ValueTuple>,
}

impl StatementOf {
    fn is(&self, statement: &Statement) -> bool {
        let (verb, end) = match self.verb {
            Verb::Insert => ("INSERT ", "("),
            Verb::Update => ("UPDATE ", " SET "),
            Verb::Delete => ("DELETE ", " WHERE "),
        };
        let sql = &*statement.sql;
        let head = sql.find(end).map_or(sql, |end| &sql[..end]);
        // A quote in the name is doubled in the statement.
        let is_quoted = self.table.contains(['"', '`']);
        head.starts_with(verb)
            && (is_quoted || head.contains(self.table))
            && self.key.as_ref().is_none_or(|key| has_key(statement, key))
    }
}

/// Whether the last values of the statement are the key, as those of its condition.
fn has_key(statement: &Statement, key: &ValueTuple) -> bool {
    let key: Vec<Value> = key.clone().into_iter().collect();
    let values = statement.values.as_ref();
    values.is_some_and(|values| values.0.ends_with(&key))
}

/// Makes the statement that selects the row; with `true` it locks the row.
pub(crate) type Select = Box<dyn Fn(DbBackend, bool) -> Statement + Send + Sync>;

/// An update that returns the old row as well, in place of one that returns the new one alone.
pub(crate) struct WithOld {
    pub(crate) statement: Statement,
    /// What the names of the old columns begin with.
    pub(crate) prefix: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verb {
    Insert,
    Update,
    Delete,
}

/// What a statement has written.
#[derive(Clone, Copy)]
pub(crate) enum Written<'r> {
    /// The row, as it is now.
    Row(&'r QueryResult),
    /// The row as it was, in columns whose names begin with the prefix, and as it is now.
    Rows {
        old: &'r QueryResult,
        prefix: &'static str,
        new: &'r QueryResult,
    },
    /// A row as it was, which is gone.
    Gone(&'r QueryResult),
    /// How many rows.
    Count(u64),
}

/// An emit, which is to be polled before the transaction continues.
pub(crate) type Emission = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Makes the emit for what was written, in this unit; none if nothing has changed.
pub(crate) type Announce =
    Box<dyn FnOnce(Written<'_>, &Emitting, &UnitHandle) -> Result<Option<Emission>, DbErr> + Send>;

/// The same for one of several rows.
pub(crate) type AnnounceEach = fn(&QueryResult, &Emitting, &UnitHandle) -> Result<Emission, DbErr>;

thread_local! {
    static BATON: RefCell<Option<Baton>> = const { RefCell::new(None) };
}

/// Hands the baton to the statement that follows in this poll.
pub(crate) fn pass(baton: Baton) {
    drop(BATON.replace(Some(baton)));
}

/// Drops one that no statement took.
pub(crate) fn clear() {
    drop(BATON.take());
}

/// The baton for this statement. One that is for another statement is dropped.
pub(crate) fn take(statement: &Statement) -> Option<Baton> {
    let baton = BATON.take()?;
    baton.of.is(statement).then_some(baton)
}
