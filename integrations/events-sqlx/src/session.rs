//! A connection of a pool with a transaction.

use std::future::Future;

use sqlx::{Pool, SqlStr, pool::PoolConnection};
use sqlx_core::transaction::TransactionManager;
use tokio::runtime::Handle;

use crate::{backend::Backend, cancellation::LeakUnready, error::TxError};

/// A connection with a transaction and its savepoints. Dropped, it rolls the transaction back on a task of the runtime; the
/// connection goes back into the pool after that, and is closed if it is not known to be clean.
pub(crate) struct Session<DB: Backend> {
    /// `None` once the transaction has ended.
    connection: Option<PoolConnection<DB>>,
    /// 0 before the BEGIN, 1 in the transaction, and one more for each savepoint.
    levels: usize,
    /// Whether a statement that begins or ends a level did not succeed: it is not known on which level the connection is.
    is_interrupted: bool,
    /// Whether the last statement has shown that the transaction is open and can be committed.
    is_proven: bool,
    runtime: Handle,
}

impl<DB: Backend> Session<DB> {
    /// Takes a connection, and begins a transaction with the statement or with `BEGIN`.
    pub(crate) async fn begin(pool: &Pool<DB>, statement: Option<SqlStr>) -> sqlx::Result<Self> {
        let runtime = Handle::current();
        let mut session = Self {
            connection: Some(acquire(pool).await?),
            levels: 0,
            is_interrupted: true,
            is_proven: false,
            runtime,
        };
        DB::TransactionManager::begin(session.connection(), statement).await?;
        session.levels = 1;
        session.is_interrupted = false;
        Ok(session)
    }

    /// The connection, for any statement. From then on, the transaction is no longer proven.
    pub(crate) fn connection(&mut self) -> &mut DB::Connection {
        self.is_proven = false;
        match &mut self.connection {
            Some(connection) => connection,
            None => unreachable!("a session is consumed when its transaction ends"),
        }
    }

    /// Notes that the last statement on the connection has shown that the transaction is open and can be committed.
    #[cfg(feature = "postgres")]
    pub(crate) fn set_proven(&mut self) {
        self.is_proven = true;
    }

    pub(crate) fn runtime(&self) -> Handle {
        self.runtime.clone()
    }

    /// Fails if the transaction could not be committed now.
    pub(crate) async fn check(&mut self) -> Result<(), TxError> {
        if self.is_interrupted {
            return Err(TxError::Interrupted);
        }
        let probed = DB::probe(self.connection()).await;
        self.is_interrupted = matches!(probed, Err(TxError::Ended));
        probed
    }

    /// Opens a savepoint, and returns its level.
    pub(crate) async fn open_savepoint(&mut self) -> Result<usize, TxError> {
        self.check().await?;
        self.is_interrupted = true;
        let begin = DB::TransactionManager::begin(self.connection(), None);
        let result = if DB::REVERTS_BEGIN {
            begin.await
        } else {
            // Its destructor would roll back the whole transaction, and later statements would commit by themselves.
            LeakUnready::new(begin).await
        };
        if let Err(error) = result {
            if DB::REVERTS_BEGIN {
                self.is_interrupted = false;
            } else {
                // It has rolled back the whole transaction: later statements are in another one, which is not committed.
                let begin = DB::TransactionManager::begin(self.connection(), None);
                let _ = LeakUnready::new(begin).await;
            }
            return Err(error.into());
        }
        self.is_interrupted = false;
        self.levels += 1;
        Ok(self.levels)
    }

    /// Ends the innermost savepoint; its statements belong to the level around it.
    pub(crate) async fn release_savepoint(&mut self) -> sqlx::Result<()> {
        self.is_interrupted = true;
        DB::TransactionManager::commit(self.connection()).await?;
        self.levels -= 1;
        self.is_interrupted = false;
        Ok(())
    }

    /// Rolls back the savepoint of this level, and those in it.
    pub(crate) async fn roll_back_to(&mut self, level: usize) -> sqlx::Result<()> {
        while self.levels >= level {
            let was_interrupted = std::mem::replace(&mut self.is_interrupted, true);
            DB::TransactionManager::rollback(self.connection()).await?;
            self.levels -= 1;
            self.is_interrupted = was_interrupted;
        }
        Ok(())
    }

    /// Has the savepoint of this level rolled back, and those in it, before the next statement.
    pub(crate) fn start_rollback_to(&mut self, level: usize) {
        while self.levels >= level {
            DB::TransactionManager::start_rollback(self.connection());
            self.levels -= 1;
        }
    }

    /// Commits the transaction. With an error it is rolled back. Must not be dropped before it is ready, see
    /// [`Finish`](crate::cancellation::Finish).
    pub(crate) async fn commit(mut self) -> Result<(), TxError> {
        let result = self.try_commit().await;
        if result.is_ok() {
            // sqlx returns it to the pool on a task.
            let _in_runtime = self.runtime.enter();
            self.connection = None;
        } else {
            // That it was not committed is known all the same.
            let _ = self.roll_back().await;
        }
        result
    }

    async fn try_commit(&mut self) -> Result<(), TxError> {
        if self.is_interrupted {
            return Err(TxError::Interrupted);
        }
        if !self.is_proven {
            DB::probe_commit(self.connection()).await?;
        }
        self.is_interrupted = true;
        let committed = DB::TransactionManager::commit(self.connection()).await;
        self.is_interrupted = false;
        committed?;
        // The driver has ended one in the transaction that its user did not end.
        match DB::TransactionManager::get_transaction_depth(self.connection()) {
            0 => Ok(()),
            _ => Err(TxError::Ended),
        }
    }

    /// Commits the transaction as [`commit`](Self::commit), and begins the next one on the same connection, where the database does
    /// both with one message. `None`: it is committed, and there is no next one. Must not be dropped before it is ready, as `commit`.
    pub(crate) async fn commit_and_begin(mut self) -> Result<Option<Self>, TxError> {
        if !DB::COMMITS_AND_BEGINS {
            return self.commit().await.map(|()| None);
        }
        match self.try_commit_and_begin().await {
            Ok(()) => Ok(Some(self)),
            Err(error) => {
                let _ = self.roll_back().await;
                Err(error)
            }
        }
    }

    async fn try_commit_and_begin(&mut self) -> Result<(), TxError> {
        if self.is_interrupted {
            return Err(TxError::Interrupted);
        }
        // A transaction of the driver was begun in this one, and was not ended.
        if DB::TransactionManager::get_transaction_depth(self.connection()) != 1 {
            return Err(TxError::Ended);
        }
        self.is_interrupted = true;
        let committed = DB::commit_and_begin(self.connection()).await;
        self.is_interrupted = false;
        committed
    }

    /// Rolls back the transaction. Must not be dropped before it is ready, as [`commit`](Self::commit).
    pub(crate) async fn roll_back(mut self) -> sqlx::Result<()> {
        match self.clean() {
            Some(clean) => clean.await,
            None => Ok(()),
        }
    }

    /// What rolls the transaction back; `None` once it has ended.
    fn clean(&mut self) -> Option<impl Future<Output = sqlx::Result<()>> + Send + use<DB>> {
        let connection = self.connection.take()?;
        let connection = CloseIfDropped(Some(connection), self.runtime.clone());
        Some(clean(connection, self.levels, self.is_interrupted))
    }
}

impl<DB: Backend> Drop for Session<DB> {
    fn drop(&mut self) {
        if let Some(clean) = self.clean() {
            self.runtime.spawn(async move { drop(clean.await) });
        }
    }
}

/// Takes a connection that is in no transaction. One that plain sqlx has left in one is closed: a BEGIN would be a savepoint.
async fn acquire<DB: Backend>(pool: &Pool<DB>) -> sqlx::Result<PoolConnection<DB>> {
    loop {
        let connection = pool.acquire().await?;
        if DB::TransactionManager::get_transaction_depth(&connection) == 0 {
            return Ok(connection);
        }
        let _ = connection.close().await;
    }
}

/// Rolls back what a connection has, which is returned to the pool if it is clean then, and else closed.
async fn clean<DB: Backend>(
    mut connection: CloseIfDropped<DB>,
    levels: usize,
    is_interrupted: bool,
) -> sqlx::Result<()> {
    let Some(open) = &mut connection.0 else {
        return Ok(());
    };
    if is_interrupted && !DB::REVERTS_BEGIN {
        return match connection.0.take() {
            Some(open) => open.close().await,
            None => Ok(()),
        };
    }
    if levels == 0 {
        DB::revert_begin(open).await;
    }
    for _ in 0..levels {
        let rolled_back = DB::TransactionManager::rollback(open).await;
        if rolled_back.is_err() {
            // A statement of SQLite has ended it, which the driver still counts.
            if !matches!(DB::probe(open).await, Err(TxError::Ended)) {
                return rolled_back;
            }
            DB::TransactionManager::rollback(open).await?;
        }
    }
    if levels == 0 || DB::TransactionManager::get_transaction_depth(open) == 0 {
        connection.give_back();
    }
    Ok(())
}

/// A connection that is closed when it is dropped, also by an error or a runtime that shuts down.
struct CloseIfDropped<DB: Backend>(Option<PoolConnection<DB>>, Handle);

impl<DB: Backend> CloseIfDropped<DB> {
    fn give_back(mut self) {
        // sqlx uses the runtime of this thread. Dropped elsewhere, there is none.
        let _in_runtime = self.1.enter();
        drop(self.0.take());
    }
}

impl<DB: Backend> Drop for CloseIfDropped<DB> {
    fn drop(&mut self) {
        if let Some(mut connection) = self.0.take() {
            let _in_runtime = self.1.enter();
            connection.close_on_drop();
            drop(connection);
        }
    }
}
