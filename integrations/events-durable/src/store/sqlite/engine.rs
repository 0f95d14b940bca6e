//! SQLite with the whole store.

use sqlx::Sqlite;

use crate::store::engine::Engine;

impl Engine for Sqlite {
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const HAS_ONE_WRITER: bool = true;

    #[cfg(feature = "seaorm")]
    const SEA_ORM: sea_orm::DbBackend = sea_orm::DbBackend::Sqlite;

    #[cfg(feature = "seaorm")]
    fn sea_orm(pool: &sqlx::Pool<Self>) -> sea_orm::DatabaseConnection {
        sea_orm::SqlxSqliteConnector::from_sqlx_sqlite_pool(pool.clone())
    }
}
