//! `Db` as a connection of SeaORM.

use std::{future::Future, pin::Pin};

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, QueryStream, Statement, StreamTrait,
};

use crate::{
    db::Db,
    handoff::{Identity, OwnConnection, Reads, clear, identify_as, take, write_in_pool},
};

/// Whether a statement can return the rows that it writes. SQLite can since 3.35; SeaORM reports it only with a feature.
pub(super) fn supports_returning(backend: DbBackend) -> bool {
    backend == DbBackend::Sqlite || backend.support_returning()
}

#[async_trait::async_trait]
impl ConnectionTrait for Db {
    fn get_database_backend(&self) -> DbBackend {
        identify_as(|| match self.is_quiet() {
            true => Identity::Quiet,
            false => Identity::Own(OwnConnection::Db(self.clone())),
        });
        self.connection().get_database_backend()
    }

    async fn execute_raw(&self, stmt: Statement) -> Result<ExecResult, DbErr> {
        let Some(baton) = take(&stmt) else {
            return self.connection().execute_raw(stmt).await;
        };
        let (pool, registry) = (self.connection(), self.registry());
        let output = write_in_pool(pool, registry, baton, stmt, Reads::Nothing).await?;
        output.into_done()
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        clear();
        self.connection().execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, stmt: Statement) -> Result<Option<QueryResult>, DbErr> {
        let Some(baton) = take(&stmt) else {
            return self.connection().query_one_raw(stmt).await;
        };
        let (pool, registry) = (self.connection(), self.registry());
        let output = write_in_pool(pool, registry, baton, stmt, Reads::Row).await?;
        Ok(output.into_row())
    }

    async fn query_all_raw(&self, stmt: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let Some(baton) = take(&stmt) else {
            return self.connection().query_all_raw(stmt).await;
        };
        let (pool, registry) = (self.connection(), self.registry());
        let output = write_in_pool(pool, registry, baton, stmt, Reads::Rows).await?;
        Ok(output.into_rows())
    }

    fn support_returning(&self) -> bool {
        supports_returning(self.connection().get_database_backend())
    }

    fn is_mock_connection(&self) -> bool {
        self.connection().is_mock_connection()
    }
}

impl StreamTrait for Db {
    type Stream<'a> = QueryStream;

    fn get_database_backend(&self) -> DbBackend {
        self.connection().get_database_backend()
    }

    fn stream_raw<'a>(
        &'a self,
        stmt: Statement,
    ) -> Pin<Box<dyn Future<Output = Result<QueryStream, DbErr>> + 'a + Send>> {
        clear();
        self.connection().stream_raw(stmt)
    }
}
