//! The tables of SQLite.

use sqlx::{Pool, Sqlite};

use crate::store::{
    engine::Engine,
    error::StoreError,
    migrate::{Migrate, VERSION, check_version},
};

const VERSION_TABLE: &str = "CREATE TABLE IF NOT EXISTS ev_schema (one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL)";

const READ: &str = "SELECT version FROM ev_schema";

impl Migrate for Sqlite {
    async fn migrate(pool: &Pool<Self>) -> Result<(), StoreError> {
        let mut tx = pool.begin_with(Self::BEGIN).await?;
        sqlx::query(VERSION_TABLE).execute(&mut *tx).await?;
        let found: Option<i32> = sqlx::query_scalar(READ).fetch_optional(&mut *tx).await?;
        if found.is_some() {
            return check_version(found);
        }
        sqlx::raw_sql(include_str!("schema.sql"))
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO ev_schema (one, version) VALUES (1, $1)")
            .bind(VERSION)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }

    async fn check_schema(pool: &Pool<Self>) -> Result<(), StoreError> {
        let found = sqlx::query_scalar(READ).fetch_optional(pool).await?;
        check_version(found)
    }
}
