//! The version of the tables.

use std::future::Future;

use sqlx::Pool;

use super::error::StoreError;

/// The version of the tables that this program writes and reads.
pub(super) const VERSION: i32 = 1;

/// Making the tables.
pub trait Migrate: sqlx::Database {
    /// Makes the tables, or brings them to the version of this program. Programs may do so at once.
    ///
    /// # Errors
    ///
    /// `SchemaNewer` if a later version of this crate has made them; of the database.
    fn migrate(pool: &Pool<Self>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Whether the tables have the version of this program.
    ///
    /// # Errors
    ///
    /// `SchemaMissing`, `SchemaOlder` and `SchemaNewer`; of the database.
    fn check_schema(pool: &Pool<Self>) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The error if the tables have another version than this program.
pub(super) fn check_version(found: Option<i32>) -> Result<(), StoreError> {
    match found {
        None => Err(StoreError::SchemaMissing),
        Some(found) if found < VERSION => Err(StoreError::SchemaOlder {
            found,
            known: VERSION,
        }),
        Some(found) if found > VERSION => Err(StoreError::SchemaNewer {
            found,
            known: VERSION,
        }),
        Some(_) => Ok(()),
    }
}
