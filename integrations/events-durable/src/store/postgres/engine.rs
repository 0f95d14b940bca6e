//! PostgreSQL with the whole store.

use events_sqlx::Tx;
use sqlx::Postgres;

use crate::store::engine::Engine;

impl Engine for Postgres {
    const BEGIN: &'static str = "BEGIN";
    const BEGIN_TX: &'static str = Tx::<Postgres>::BEGIN;
    const BEGIN_READ_COMMITTED: &'static str = "BEGIN ISOLATION LEVEL READ COMMITTED";
    const HAS_ONE_WRITER: bool = false;

    #[cfg(feature = "seaorm")]
    const SEA_ORM: sea_orm::DbBackend = sea_orm::DbBackend::Postgres;

    #[cfg(feature = "seaorm")]
    fn sea_orm(pool: &sqlx::Pool<Self>) -> sea_orm::DatabaseConnection {
        sea_orm::SqlxPostgresConnector::from_sqlx_postgres_pool(pool.clone())
    }
}
