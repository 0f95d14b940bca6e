//! SQLite with the whole store.

use sqlx::Sqlite;

use crate::store::engine::Engine;

impl Engine for Sqlite {
    const BEGIN: &'static str = "BEGIN IMMEDIATE";
}
