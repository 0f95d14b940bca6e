//! A transaction in which no other statement runs between those of a bulk write.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};

use crate::transaction::{Locked, Tx};

/// A transaction that is locked: no other statement is executed in it until this is dropped. Writes of records in it emit no events.
pub(super) struct LockedTx {
    open: Locked,
    was_suspect: bool,
    backend: DbBackend,
    supports_returning: bool,
}

impl LockedTx {
    pub(super) async fn lock(tx: &Tx) -> Result<Self, DbErr> {
        let (backend, supports_returning) = (tx.backend(), tx.support_returning());
        let mut open = tx.lock().await?;
        let was_suspect = open.suspect();
        Ok(Self {
            open,
            was_suspect,
            backend,
            supports_returning,
        })
    }

    /// Unlocks the transaction, after statements that had this result.
    pub(super) fn unlock<T>(mut self, result: Result<T, DbErr>) -> Result<T, DbErr> {
        self.open.noted(self.was_suspect, result)
    }

    pub(super) async fn begin_savepoint(&mut self) -> Result<(), DbErr> {
        self.open.begin_savepoint().await.map(drop)
    }

    pub(super) async fn release_savepoint(&mut self) -> Result<(), DbErr> {
        self.open.release_savepoint().await
    }

    pub(super) async fn roll_back_savepoint(&mut self) -> Result<(), DbErr> {
        self.open.roll_back_savepoint().await
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for LockedTx {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        self.open.tx()?.execute_raw(stmt).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.open.tx()?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.open.tx()?.query_one_raw(stmt).await
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.open.tx()?.query_all_raw(stmt).await
    }

    fn support_returning(&self) -> bool {
        self.supports_returning
    }
}
