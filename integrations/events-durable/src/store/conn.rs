//! A connection on which a delivery is held and marked: one of sqlx, or a transaction of SeaORM, which does not lend its own.

use std::future::Future;

use super::error::StoreError;

/// A parameter of a statement.
#[derive(Clone, Copy, Debug)]
pub enum SqlValue<'v> {
    /// A number of 8 bytes.
    BigInt(i64),
    /// A number of 4 bytes.
    Int(i32),
    /// A text.
    Text(&'v str),
}

/// A connection to the database `DB`, in a transaction.
pub trait Conn<DB>: Send {
    /// Executes a statement, and returns how many rows it has changed or found.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn rows(
        &mut self,
        sql: &'static str,
        values: &[SqlValue<'_>],
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Executes a statement that returns one number.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn number(
        &mut self,
        sql: &'static str,
        values: &[SqlValue<'_>],
    ) -> impl Future<Output = Result<i32, StoreError>> + Send;
}

/// A connection of sqlx.
#[cfg(any(feature = "sqlite", feature = "postgres"))]
macro_rules! implement_conn {
    ($db:ty, $conn:ty) => {
        impl $crate::store::conn::Conn<$db> for $conn {
            async fn rows(
                &mut self,
                sql: &'static str,
                values: &[$crate::store::conn::SqlValue<'_>],
            ) -> Result<u64, $crate::store::error::StoreError> {
                let query = values
                    .iter()
                    .fold(sqlx::query(sql), |query, value| match value {
                        $crate::store::conn::SqlValue::BigInt(number) => query.bind(number),
                        $crate::store::conn::SqlValue::Int(number) => query.bind(number),
                        $crate::store::conn::SqlValue::Text(text) => query.bind(text),
                    });
                Ok(query.execute(self).await?.rows_affected())
            }

            async fn number(
                &mut self,
                sql: &'static str,
                values: &[$crate::store::conn::SqlValue<'_>],
            ) -> Result<i32, $crate::store::error::StoreError> {
                let query = sqlx::query_scalar(sql);
                let query = values.iter().fold(query, |query, value| match value {
                    $crate::store::conn::SqlValue::BigInt(number) => query.bind(number),
                    $crate::store::conn::SqlValue::Int(number) => query.bind(number),
                    $crate::store::conn::SqlValue::Text(text) => query.bind(text),
                });
                Ok(query.fetch_one(self).await?)
            }
        }
    };
}
#[cfg(any(feature = "sqlite", feature = "postgres"))]
pub(in crate::store) use implement_conn;
