//! `Tx` as a connection of SeaORM.

use std::{future::Future, pin::Pin};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, StreamTrait};

use super::db::supports_returning;
use crate::{
    handoff::{Identity, OwnConnection, Reads, clear, identify_as, take},
    transaction::{Tx, TxStream},
};

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        identify_as(|| match self.is_quiet() {
            true => Identity::Quiet,
            false => Identity::Own(OwnConnection::Tx(self.lent())),
        });
        self.backend()
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        if let Some(baton) = take(&stmt) {
            return self.write(baton, stmt, Reads::Nothing).await?.into_done();
        }
        let mut open = self.lock().await?;
        let was_suspect = open.suspect();
        let result = open.tx()?.execute_raw(stmt).await;
        open.noted(was_suspect, result)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        clear();
        let mut open = self.lock().await?;
        let was_suspect = open.suspect();
        let result = open.tx()?.execute_unprepared(sql).await;
        open.noted(was_suspect, result)
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        if let Some(baton) = take(&stmt) {
            return Ok(self.write(baton, stmt, Reads::Row).await?.into_row());
        }
        let mut open = self.lock().await?;
        let was_suspect = open.suspect();
        let result = open.tx()?.query_one_raw(stmt).await;
        open.noted(was_suspect, result)
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        if let Some(baton) = take(&stmt) {
            return Ok(self.write(baton, stmt, Reads::Rows).await?.into_rows());
        }
        let mut open = self.lock().await?;
        let was_suspect = open.suspect();
        let result = open.tx()?.query_all_raw(stmt).await;
        open.noted(was_suspect, result)
    }

    fn support_returning(&self) -> bool {
        supports_returning(self.backend())
    }
}

/// Until the stream is dropped, no other statement is executed in the transaction.
impl StreamTrait for Tx {
    type Stream<'a> = TxStream<'a>;

    fn get_database_backend(&self) -> DbBackend {
        self.backend()
    }

    fn stream_raw<'a>(
        &'a self,
        stmt: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<TxStream<'a>, DbErr>> + 'a + Send>> {
        clear();
        Box::pin(async move { Ok(TxStream::new(self.lock().await?, stmt)) })
    }
}
