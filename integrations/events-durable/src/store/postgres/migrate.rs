//! The tables and functions of PostgreSQL.

use sqlx::{Pool, Postgres};

use crate::store::{
    error::StoreError,
    migrate::{Migrate, VERSION, check_version},
};

/// A lock of the database: programs that migrate at once do so one after another.
const LOCK: &str = "SELECT pg_advisory_xact_lock(1702257008, 0)";

const VERSION_TABLE: &str = "CREATE TABLE IF NOT EXISTS ev_schema (one INT PRIMARY KEY CHECK (one = 1), version INT NOT NULL)";

const READ: &str = "SELECT version FROM ev_schema";

impl Migrate for Postgres {
    async fn migrate(pool: &Pool<Self>) -> Result<(), StoreError> {
        let mut tx = pool.begin().await?;
        sqlx::query(LOCK).execute(&mut *tx).await?;
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
