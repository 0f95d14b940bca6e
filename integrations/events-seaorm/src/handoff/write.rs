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

impl Write {
    /// Whether it is made of several statements: the old row is read, and the statement returns no row.
    fn needs_transaction(&self) -> bool {
        self.with_old.is_some() && matches!(self.reads, Reads::Nothing)
    }

    /// Executes the statement, and makes the emit of what it has written: an error of that is the inner one.
    async fn run(
        self,
        connection: &impl ConnectionTrait,
        emitting: &Emitting,
        unit: &UnitHandle,
        is_stale: bool,
    ) -> Result<(Output, Result<Option<Emission>, DbErr>), DbErr> {
        let select = |is_locked| {
            let backend = connection.get_database_backend();
            let select = self.select.as_ref();
            select.map(|select| select(backend, is_locked))
        };
        let mut prefix = "";
        let mut old = None;
        if is_stale && let Some(select) = select(true) {
            old = connection.query_one_raw(select).await?;
        }
        let output = match (self.reads, self.with_old) {
            (Reads::Row, Some(with_old)) => {
                prefix = with_old.prefix;
                Output::Row(connection.query_one_raw(with_old.statement).await?)
            }
            (Reads::Row, None) => Output::Row(connection.query_one_raw(self.statement).await?),
            (Reads::Rows, _) => Output::Rows(connection.query_all_raw(self.statement).await?),
            (Reads::Nothing, with_old) => {
                if with_old.is_some()
                    && let Some(select) = select(true)
                {
                    old = connection.query_one_raw(select).await?;
                }
                Output::Done(connection.execute_raw(self.statement).await?)
            }
        };
        if let Output::Rows(rows) = &output {
            let emission = match self.announce_each {
                Some(announce) => each(rows, announce, emitting, unit),
                None => Ok(None),
            };
            return Ok((output, emission));
        }
        let Some(announce) = self.announce else {
            return Ok((output, Ok(None)));
        };
        let mut read_again = None;
        if let Output::Done(done) = &output
            && !self.is_delete
            && done.rows_affected() > 0
            && let Some(select) = select(false)
        {
            read_again = match connection.query_one_raw(select).await {
                Ok(row) => row,
                Err(error) => return Ok((output, Err(error))),
            };
        }
        let new = match &output {
            Output::Row(row) => row.as_ref(),
            Output::Rows(_) => None,
            Output::Done(_) => read_again.as_ref(),
        };
        let old = if prefix.is_empty() { old.as_ref() } else { new };
        let written = match (old, new, &output) {
            (Some(old), Some(new), _) => Written::Rows { old, prefix, new },
            (None, Some(new), _) => Written::Row(new),
            (Some(old), None, Output::Done(done)) if done.rows_affected() > 0 => Written::Gone(old),
            (_, None, Output::Done(done)) => Written::Count(done.rows_affected()),
            (_, None, Output::Row(_) | Output::Rows(_)) => Written::Count(0),
        };
        let emission = announce(written, emitting, unit);
        Ok((output, emission))
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
