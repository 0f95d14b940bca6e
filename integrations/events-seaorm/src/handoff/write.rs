//! The statement that writes an observed record, and emits the event of that. It is finished on a task if its future is dropped: the
//! write and its event are never split.

use std::{future::poll_fn, task::Poll};

use events_core::{Registry, UnitOfWork, emitting::Emitting, units::UnitHandle};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, ExecResult, QueryResult, Statement};
use tokio::runtime::Handle;

use super::baton::{
    Announce, AnnounceEach, Baton, Emission, OldRow, Select, Verb, WithOld, Written,
};
use crate::{
    error::custom,
    finish::Finish,
    transaction::{Tx, unbegun_transaction},
};

/// What a statement returns.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Reads {
    Row,
    Rows,
    Nothing,
}

/// What it has returned.
pub(crate) enum Output {
    Row(Option<QueryResult>),
    Rows(Vec<QueryResult>),
    Done(ExecResult),
}

impl Output {
    pub(crate) fn into_row(self) -> Option<QueryResult> {
        match self {
            Self::Row(row) => row,
            Self::Rows(_) | Self::Done(_) => None,
        }
    }

    pub(crate) fn into_rows(self) -> Vec<QueryResult> {
        match self {
            Self::Rows(rows) => rows,
            Self::Row(_) | Self::Done(_) => Vec::new(),
        }
    }

    pub(crate) fn into_done(self) -> Result<ExecResult, DbErr> {
        match self {
            Self::Done(done) => Ok(done),
            Self::Row(_) | Self::Rows(_) => Err(DbErr::RecordNotUpdated),
        }
    }
}

/// A statement that writes a record.
pub(crate) struct Write {
    statement: Statement,
    reads: Reads,
    announce: Option<Announce>,
    announce_each: Option<AnnounceEach>,
    select: Option<Select>,
    with_old: Option<WithOld>,
    old: OldRow,
    is_delete: bool,
}

/// What a statement has returned, and the old row.
struct Executed {
    output: Output,
    old: Option<QueryResult>,
    /// Not empty if the row that was returned has the old columns as well: what their names begin with.
    prefix: &'static str,
}

impl Write {
    /// Whether it is made of several statements: the old row is read, and the statement returns no row.
    fn needs_transaction(&self) -> bool {
        self.with_old.is_some() && matches!(self.reads, Reads::Nothing)
    }

    /// Executes the statement, and makes the emit of what it has written: an error of that is the inner one.
    async fn run(
        mut self,
        connection: &impl ConnectionTrait,
        emitting: &Emitting,
        unit: &UnitHandle,
        is_stale: bool,
    ) -> Result<(Output, Result<Option<Emission>, DbErr>), DbErr> {
        let (announce, announce_each) = (self.announce.take(), self.announce_each.take());
        let (select, is_delete) = (self.select.take(), self.is_delete);
        let executed = self.execute(connection, select.as_ref(), is_stale).await?;
        let emission = match (&executed.output, announce, announce_each) {
            (Output::Rows(rows), _, Some(announce)) => each(rows, announce, emitting, unit),
            (Output::Rows(_), _, None) | (_, None, _) => Ok(None),
            (output, Some(announce), _) => {
                let select = select.as_ref().filter(|_| !is_delete);
                let new = read_again(connection, output, select).await;
                new.and_then(|new| announce(executed.written(new.as_ref()), emitting, unit))
            }
        };
        Ok((executed.output, emission))
    }

    /// Executes the statement, after it has read the old row if the hook has not, or if that may have changed since.
    async fn execute(
        self,
        connection: &impl ConnectionTrait,
        select: Option<&Select>,
        is_stale: bool,
    ) -> Result<Executed, DbErr> {
        let mut old = None;
        if (is_stale || self.needs_transaction())
            && let Some(select) = select
        {
            let select = select(connection.get_database_backend(), true);
            old = connection.query_one_raw(select).await?;
        }
        let mut prefix = "";
        let output = match (self.reads, self.with_old) {
            (Reads::Row, Some(with_old)) => {
                prefix = with_old.prefix;
                Output::Row(connection.query_one_raw(with_old.statement).await?)
            }
            (Reads::Row, None) => Output::Row(connection.query_one_raw(self.statement).await?),
            (Reads::Rows, _) => Output::Rows(connection.query_all_raw(self.statement).await?),
            (Reads::Nothing, _) => Output::Done(connection.execute_raw(self.statement).await?),
        };
        Ok(Executed {
            output,
            old,
            prefix,
        })
    }
}

/// The row that a statement has written, and has not returned.
async fn read_again(
    connection: &impl ConnectionTrait,
    output: &Output,
    select: Option<&Select>,
) -> Result<Option<QueryResult>, DbErr> {
    match (output, select) {
        (Output::Done(done), Some(select)) if done.rows_affected() > 0 => {
            let select = select(connection.get_database_backend(), false);
            connection.query_one_raw(select).await
        }
        _ => Ok(None),
    }
}

impl Executed {
    /// What was written; `read_again` is the row if the statement has not returned it.
    fn written<'r>(&'r self, read_again: Option<&'r QueryResult>) -> Written<'r> {
        let prefix = self.prefix;
        let (new, count) = match &self.output {
            Output::Row(row) => (row.as_ref(), 0),
            Output::Rows(_) => (None, 0),
            Output::Done(done) => (read_again, done.rows_affected()),
        };
        let old = match prefix.is_empty() {
            true => self.old.as_ref(),
            false => new,
        };
        match (old, new) {
            (Some(old), Some(new)) => Written::Rows { old, prefix, new },
            (None, Some(new)) => Written::Row(new),
            (Some(old), None) if count > 0 => Written::Gone(old),
            (_, None) => Written::Count(count),
        }
    }
}

/// The emits for several rows, one after the other; `None` if there are none.
fn each(
    rows: &[QueryResult],
    announce: AnnounceEach,
    emitting: &Emitting,
    unit: &UnitHandle,
) -> Result<Option<Emission>, DbErr> {
    let emissions = rows.iter().map(|row| announce(row, emitting, unit));
    let emissions: Vec<Emission> = emissions.collect::<Result<_, _>>()?;
    if emissions.is_empty() {
        return Ok(None);
    }
    Ok(Some(Box::pin(async move {
        for emission in emissions {
            emission.await;
        }
    })))
}

impl Tx {
    /// Executes the statement that takes this baton, in the transaction of the baton if it has one.
    pub(crate) async fn write(
        &self,
        baton: Baton,
        statement: Statement,
        reads: Reads,
    ) -> Result<Output, DbErr> {
        let (within, write) = split(baton, statement, reads);
        match within {
            Some(tx) => tx.write_and_commit(write).await,
            None => self.write_here(write).await,
        }
    }

    async fn write_here(&self, write: Write) -> Result<Output, DbErr> {
        let tx = self.lent();
        let writing = self.start_write();
        let run = async move {
            let _writing = writing;
            let mut open = tx.lock().await?;
            let emitting = tx.emitting();
            // The hook has executed one since: the query for the row.
            let is_stale = matches!(write.old, OldRow::ReadAt(at) if at + 1 != tx.executed());
            // Without its event, the write is not to be committed: also if the emit of it panics.
            open.set_broken();
            let was_suspect = open.suspect();
            let unit = tx.handle();
            let result = write.run(open.tx()?, &emitting, &unit, is_stale).await;
            if result.is_err() {
                open.set_whole();
            }
            let (output, emission) = open.noted(was_suspect, result)?;
            let mut emission = emission?;
            open.set_whole();
            if tx.is_undone(&open) {
                emission = None; // it goes with the savepoint
            }
            if let Some(emit) = &mut emission {
                // Under the lock: the event has its place where the statement was executed.
                let is_ready =
                    poll_fn(|context| Poll::Ready(emit.as_mut().poll(context).is_ready()));
                if is_ready.await {
                    emission = None;
                }
                if tx.is_undone(&open) {
                    // Dropped in this very moment: it is not known whether the event is in the savepoint.
                    open.set_broken();
                }
            }
            drop(open);
            if let Some(emit) = emission {
                emit.await;
            }
            Ok(output)
        };
        Finish::new(&self.runtime(), run).await
    }

    async fn write_and_commit(self, write: Write) -> Result<Output, DbErr> {
        let runtime = self.runtime();
        let run = async move {
            match self.write_here(write).await {
                Ok(output) => self.commit().await.map(|()| output),
                Err(error) => {
                    let _ = self.rollback().await; // the error of the statement is the cause
                    Err(error)
                }
            }
        };
        Finish::new(&runtime, run).await
    }
}

/// The transaction that the hook has begun, and the write.
fn split(baton: Baton, statement: Statement, reads: Reads) -> (Option<Tx>, Write) {
    let mut write = Write {
        statement,
        reads,
        announce: baton.announce,
        announce_each: baton.announce_each,
        select: baton.select,
        with_old: baton.with_old,
        old: baton.old,
        is_delete: baton.of.verb == Verb::Delete,
    };
    if write.old == OldRow::Missing && matches!(reads, Reads::Nothing) {
        write.statement.sql.push_str(" AND FALSE");
    }
    (baton.within, write)
}

/// Executes the statement that takes this baton: in the transaction of the baton, or else on a connection of the pool, where it
/// commits by itself.
pub(crate) async fn write_in_pool(
    pool: &DatabaseConnection,
    registry: Registry,
    baton: Baton,
    statement: Statement,
    reads: Reads,
) -> Result<Output, DbErr> {
    let (within, write) = split(baton, statement, reads);
    if let Some(tx) = within {
        return tx.write_and_commit(write).await;
    }
    let pool = pool.clone();
    if write.needs_transaction() {
        let tx = unbegun_transaction(&pool, Some(registry), false);
        return tx.write_and_commit(write).await;
    }
    let run = async move {
        let unit = UnitOfWork::begin();
        let (output, emission) = write
            .run(&pool, &registry.emitting(), &unit.handle(), false)
            .await?;
        if let Some(emission) = emission? {
            emission.await;
            unit.commit().map_err(custom)?;
        }
        Ok(output)
    };
    Finish::new(&Handle::current(), run).await
}
