//! A database with the whole store.

use super::{
    deliver::Deliver, insert::Insert, migrate::Migrate, operate::Operate, register::Register,
    wake::Wake,
};

/// A database that stores events: `sqlx::Sqlite` or `sqlx::Postgres`.
///
/// The functions of its parts are called as `DB::insert(..)`. Those with a connection run in the transaction of the caller,
/// those with a pool in one of their own.
///
/// ```
/// use events_durable::{Durable, Engine};
///
/// /// A part of a program that runs on both.
/// fn of_any<DB: Engine>(store: &Durable<DB>) -> Durable<DB> {
///     store.clone()
/// }
/// ```
pub trait Engine:
    events_sqlx::Backend + Migrate + Register + Insert + Deliver + Operate + Wake
{
    /// The statement that begins a transaction which writes. With SQLite it takes the lock at once: a transaction that reads
    /// first cannot write if another one has written since.
    const BEGIN: &'static str;

    /// The same, for a [`Tx`](events_sqlx::Tx) in which `insert_last` may prove that it can be committed.
    const BEGIN_TX: &'static str = Self::BEGIN;

    /// The same, for a transaction whose statements see what was committed before them, also after a lock was waited for, whatever
    /// isolation the database has as its default.
    const BEGIN_READ_COMMITTED: &'static str = Self::BEGIN;

    /// Whether a transaction that has written keeps all others from writing until it ends.
    const HAS_ONE_WRITER: bool;

    /// The database as SeaORM names it.
    #[cfg(feature = "seaorm")]
    const SEA_ORM: sea_orm::DbBackend;

    /// The same pool as one of SeaORM.
    #[cfg(feature = "seaorm")]
    fn sea_orm(pool: &sqlx::Pool<Self>) -> sea_orm::DatabaseConnection;
}
