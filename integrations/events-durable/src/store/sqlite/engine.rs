//! SQLite with the whole store.

use sqlx::Sqlite;

use crate::store::engine::Engine;

impl Engine for Sqlite {
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
    const HAS_ONE_WRITER: bool = true;

    #[cfg(feature = "seaorm")]
    const SEA_ORM: sea_orm::DbBackend = sea_orm::DbBackend::Sqlite;
}
