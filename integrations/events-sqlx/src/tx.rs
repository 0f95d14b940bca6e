//! The transaction.

use std::{fmt, future::Future};

use events_core::{
    Registry, UnitOfWork,
    units::{Savepoint, UnitHandle},
};
use sqlx::{Pool, SqlSafeStr, SqlStr};

use crate::{
    backend::Backend,
    cancellation::Finish,
    error::TxError,
    lender::{Lender, Loan},
    session::Session,
};

#[doc = include_str!("../docs/tx.md")]
#[must_use = "a transaction that is dropped is rolled back"]
pub struct Tx<'c, DB: Backend> {
    slot: Slot<'c, DB>,
    lender: Lender<DB>,
    /// `None`: the current one at each emit.
    pub(crate) registry: Option<Registry>,
    /// `None` once it has ended.
    pub(crate) end: Option<End>,
}

/// The place of the session, which is empty while the session is lent.
enum Slot<'c, DB: Backend> {
    Owned(Option<Session<DB>>),
    Borrowed(&'c mut Option<Session<DB>>),
}

/// What ends with a `Tx`.
pub(crate) enum End {
    Transaction(UnitOfWork),
    Savepoint {
        /// `None` once it is released: then its level of the database is.
        point: Option<Savepoint>,
        level: usize,
    },
    /// Nothing: it belongs to the emitter.
    Call,
}

impl<DB: Backend> Tx<'static, DB> {
    /// Takes a connection of the pool, and begins a transaction.
    ///
    /// Events are emitted to the registry that is the current one at the emit; see [`with_registry`](Self::with_registry).
    ///
    /// # Errors
    ///
    /// The error of the database, and that of the pool if it has no connection in time.
    ///
    /// # Panics
    ///
    /// Outside of a runtime of tokio, as sqlx does.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, no transaction is open: the connection is returned to the pool, or closed.
    pub async fn begin(pool: &Pool<DB>) -> Result<Self, TxError> {
        Self::begin_statement(pool, None).await
    }

    /// [`begin`](Self::begin) with a statement of its own, as `BEGIN IMMEDIATE` of SQLite or
    /// `BEGIN ISOLATION LEVEL SERIALIZABLE` of PostgreSQL.
    ///
    /// With SQLite, `BEGIN IMMEDIATE` is for a transaction that reads and then writes: begun otherwise, it fails with
    /// `database is locked`, code 517, if another one has written after it read.
    ///
    /// ```
    /// # use events_sqlx::Tx;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let tx = Tx::begin_with(&pool, "BEGIN IMMEDIATE").await?;
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As `begin`; and if the statement begins no transaction.
    ///
    /// # Panics
    ///
    /// As `begin`.
    ///
    /// # Cancellation
    ///
    /// As `begin`.
    pub async fn begin_with(pool: &Pool<DB>, statement: impl SqlSafeStr) -> Result<Self, TxError> {
        Self::begin_statement(pool, Some(statement.into_sql_str())).await
    }

    async fn begin_statement(pool: &Pool<DB>, statement: Option<SqlStr>) -> Result<Self, TxError> {
        Ok(Self::of(Session::begin(pool, statement).await?))
    }

    /// The transaction that was begun in the session.
    pub(crate) fn of(session: Session<DB>) -> Self {
        let unit = UnitOfWork::begin();
        let lender = Lender::new(unit.handle());
        lender.attach();
        Self {
            slot: Slot::Owned(Some(session)),
            lender,
            registry: None,
            end: Some(End::Transaction(unit)),
        }
    }
}

impl<'c, DB: Backend> Tx<'c, DB> {
    /// The transaction whose session is in this slot, for a call that does not end it.
    pub(crate) fn borrowed(slot: &'c mut Option<Session<DB>>, lender: &Lender<DB>) -> Self {
        Self {
            slot: Slot::Borrowed(slot),
            lender: lender.clone(),
            registry: None,
            end: Some(End::Call),
        }
    }

    /// Emits to this registry, in place of the current one.
    pub fn with_registry(mut self, registry: &Registry) -> Self {
        self.registry = Some(registry.clone());
        self
    }

    /// The registry to which events are emitted now.
    #[must_use]
    pub fn registry(&self) -> Registry {
        let registry = self.registry.clone();
        registry.unwrap_or_else(events_core::registry)
    }

    /// The connection, for statements in the transaction: `query.execute(tx.conn())`.
    ///
    /// The transaction and its savepoints are begun and ended by the `Tx` alone: a statement such as `COMMIT` is not known to
    /// it. A commit or savepoint after it is an error, as after a transaction of `sqlx` on this connection that is not ended.
    ///
    /// # Panics
    ///
    /// If the connection is lost, because the future of an emit or of a subscriber was leaked with
    /// [`forget`](std::mem::forget).
    pub fn conn(&mut self) -> &mut DB::Connection {
        self.session().connection()
    }

    /// A handle of the unit of work of this transaction.
    #[must_use]
    pub fn handle(&self) -> UnitHandle {
        self.lender.unit().clone()
    }

    /// Opens a savepoint, as a transaction in this one: committed, what it contains belongs to this one; rolled back or
    /// dropped, its statements and events are taken back, and no others.
    ///
    /// # Errors
    ///
    /// The error of the database. [`TxError::Aborted`] if a statement has failed, with PostgreSQL; [`TxError::Ended`] if a
    /// statement has ended the transaction.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, this transaction may no longer be committed: [`TxError::Interrupted`].
    ///
    /// # Panics
    ///
    /// As [`conn`](Self::conn).
    pub async fn savepoint(&mut self) -> Result<Tx<'_, DB>, TxError> {
        let level = self.session().open_savepoint().await?;
        let point = match self.lender.unit().savepoint() {
            Ok(point) => point,
            Err(ended) => {
                self.session().start_rollback_to(level);
                return Err(ended.into());
            }
        };
        let (lender, registry) = (self.lender.clone(), self.registry.clone());
        Ok(Tx {
            slot: Slot::Borrowed(self.slot()),
            lender,
            registry,
            end: Some(End::Savepoint {
                point: Some(point),
                level,
            }),
        })
    }

    /// Commits the transaction, and emits the events that it holds. A savepoint is released: its statements and events belong
    /// to the transaction around it.
    ///
    /// First the functions before the commit are awaited, and then the statement COMMIT. The events are emitted directly
    /// after it, before this is ready; it does not wait for subscribers that are async or deferred, which are put into the
    /// queue. The failure of a subscriber is logged, and is not an error of the commit.
    ///
    /// # Errors
    ///
    /// The transaction, or the savepoint, is rolled back, and no event is emitted: if the database refuses the commit, if a
    /// function before the commit fails, if a savepoint is open, if one was cut off, which is [`TxError::Interrupted`], if an
    /// error of PostgreSQL was ignored, which is [`TxError::Aborted`], and if a statement has ended it, which is
    /// [`TxError::Ended`] or an error of SQLite. If the connection is lost in the COMMIT, the database may have committed all
    /// the same. In a subscriber, for the transaction of its emitter: [`TxError::NotOwner`], and nothing happens.
    ///
    /// # Cancellation
    ///
    /// Dropped before the COMMIT, the transaction is rolled back. From the COMMIT on it is finished on a task of the runtime:
    /// either the database commits and the events are emitted, or neither. A savepoint that is cut off is rolled back, and
    /// the transaction around it may no longer be committed. If the runtime is shut down in the COMMIT, the database may have
    /// committed what is not emitted.
    pub async fn commit(mut self) -> Result<(), TxError> {
        match self.end.take() {
            Some(End::Transaction(unit)) => self.commit_transaction(unit, Session::commit).await,
            Some(End::Savepoint { point, level }) => {
                // Until it has ended, so that a drop rolls it back.
                self.end = Some(End::Savepoint { point, level });
                self.commit_savepoint(level).await
            }
            Some(End::Call) | None => Err(TxError::NotOwner),
        }
    }

    pub(crate) async fn commit_transaction<T: Send + 'static, F>(
        &mut self,
        unit: UnitOfWork,
        commit: impl FnOnce(Session<DB>) -> F,
    ) -> Result<T, TxError>
    where
        F: Future<Output = Result<T, TxError>> + Send + 'static,
    {
        let prepared = {
            let _loan = self.lend();
            unit.prepare_async().await
        };
        let Some(session) = self.take_session() else {
            return Err(TxError::Interrupted);
        };
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(error) => {
                let _ = Finish::new(&session.runtime(), session.roll_back()).await;
                return Err(error.into());
            }
        };
        let runtime = session.runtime();
        let commit = commit(session);
        let commit = async move {
            let committed = commit.await;
            match &committed {
                Ok(_) => prepared.commit(), // there is no `await` in between
                Err(_) => prepared.rollback(),
            }
            committed
        };
        Finish::new(&runtime, commit).await
    }

    async fn commit_savepoint(&mut self, level: usize) -> Result<(), TxError> {
        if let Err(error) = self.session().check().await {
            let _ = self.roll_back_savepoint(level).await;
            return Err(error);
        }
        let point = match &mut self.end {
            Some(End::Savepoint { point, .. }) => point.take(),
            _ => None,
        };
        if let Some(Err(error)) = point.map(Savepoint::release) {
            // Both are rolled back: the one of the unit in the error, with those in it.
            let _ = self.roll_back_savepoint(level).await;
            return Err(error.into());
        }
        // From here on the events are those of the transaction around it, which cannot be committed if this fails.
        self.session().release_savepoint().await?;
        self.end = None;
        Ok(())
    }

    /// Rolls the transaction, or the savepoint, back: its events did not happen, and only subscribers that are
    /// `after_rollback` receive them, for a savepoint before the transaction around it ends.
    ///
    /// # Errors
    ///
    /// The error of the database; the connection is closed then, which rolls back as well. In a subscriber, for the
    /// transaction of its emitter: [`TxError::NotOwner`], and nothing happens.
    ///
    /// # Cancellation
    ///
    /// Dropped, it is rolled back all the same; around a savepoint, the transaction may no longer be committed:
    /// [`TxError::Interrupted`].
    pub async fn rollback(mut self) -> Result<(), TxError> {
        match &self.end {
            Some(End::Transaction(_)) => {
                let session = self.take_session();
                let result = match session {
                    Some(session) => Finish::new(&session.runtime(), session.roll_back()).await,
                    None => Ok(()),
                };
                if let Some(End::Transaction(unit)) = self.end.take() {
                    unit.rollback();
                }
                Ok(result?)
            }
            Some(End::Savepoint { level, .. }) => {
                let level = *level;
                self.roll_back_savepoint(level).await
            }
            Some(End::Call) | None => Err(TxError::NotOwner),
        }
    }

    async fn roll_back_savepoint(&mut self, level: usize) -> Result<(), TxError> {
        self.session().roll_back_to(level).await?;
        self.end = None;
        Ok(())
    }

    /// Lends the session to what is called until the guard is dropped.
    pub(crate) fn lend(&mut self) -> Loan<'_, DB> {
        self.session();
        let lender = self.lender.clone();
        lender.lend(self.slot())
    }

    pub(crate) fn lender(&self) -> &Lender<DB> {
        &self.lender
    }

    fn slot(&mut self) -> &mut Option<Session<DB>> {
        match &mut self.slot {
            Slot::Owned(session) => session,
            Slot::Borrowed(session) => session,
        }
    }

    /// The session; one that a leaked future has left with the lender is taken back.
    fn take_session(&mut self) -> Option<Session<DB>> {
        let session = self.slot().take();
        session.or_else(|| self.lender.take())
    }

    /// See [`Session::set_proven`].
    #[cfg(feature = "postgres")]
    pub(crate) fn set_proven(&mut self) {
        self.session().set_proven();
    }

    fn session(&mut self) -> &mut Session<DB> {
        let session = self.take_session();
        let slot = self.slot();
        *slot = session;
        match slot {
            Some(session) => session,
            None => panic!("the connection of the transaction is lost in a future that was leaked"),
        }
    }
}

impl<DB: Backend> Drop for Tx<'_, DB> {
    fn drop(&mut self) {
        match self.end.take() {
            // The statement first: subscribers that are `after_rollback` are called when the unit is dropped.
            Some(End::Transaction(unit)) => {
                drop(self.take_session());
                drop(unit);
            }
            Some(End::Savepoint { point, level }) => {
                let session = self.take_session();
                *self.slot() = session;
                if let Some(session) = self.slot() {
                    session.start_rollback_to(level);
                }
                drop(point);
            }
            Some(End::Call) | None => {}
        }
    }
}

impl<DB: Backend> fmt::Debug for Tx<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("unit", self.lender.unit())
            .finish_non_exhaustive()
    }
}
