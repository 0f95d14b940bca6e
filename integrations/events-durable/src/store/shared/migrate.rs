//! The statements that make the tables.

/// `lock`: a statement after which no other program migrates, if the BEGIN is not that already; `schema`: the statements that make the
/// tables.
macro_rules! implement_migrate {
    ($db:ty, $(lock = $lock:literal,)? schema = $schema:expr) => {
        mod tables {
            use events_sqlx::Tx;
            use sqlx::Pool;

            use crate::store::{
                engine::Engine,
                error::StoreError,
                migrate::{Migrate, VERSION, check_version},
            };

            const READ: &str = "SELECT version FROM ev_schema";

            impl Migrate for $db {
                async fn migrate(pool: &Pool<Self>) -> Result<(), StoreError> {
                    let mut tx = Tx::begin_with(pool, <$db>::BEGIN_READ_COMMITTED).await?;
                    $(sqlx::query($lock).execute(tx.conn()).await?;)?
                    sqlx::query(
                        "CREATE TABLE IF NOT EXISTS ev_schema (
                            one INTEGER PRIMARY KEY CHECK (one = 1), version INTEGER NOT NULL)",
                    )
                    .execute(tx.conn())
                    .await?;
                    let found: Option<i32> = sqlx::query_scalar(READ).fetch_optional(tx.conn()).await?;
                    if found.is_some() {
                        return check_version(found);
                    }
                    sqlx::raw_sql($schema).execute(tx.conn()).await?;
                    sqlx::query("INSERT INTO ev_schema (one, version) VALUES (1, $1)")
                        .bind(VERSION)
                        .execute(tx.conn())
                        .await?;
                    tx.commit().await?;
                    Ok(())
                }

                async fn check_schema(pool: &Pool<Self>) -> Result<(), StoreError> {
                    let found = sqlx::query_scalar(READ).fetch_optional(pool).await?;
                    check_version(found)
                }
            }
        }
    };
}
pub(in crate::store) use implement_migrate;
