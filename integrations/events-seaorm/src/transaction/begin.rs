//! How transactions and savepoints begin.

use std::sync::Arc;

use events_core::{Registry, UnitOfWork};
use sea_orm::{
    AccessMode, DatabaseConnection, DbBackend, DbErr, SqliteTransactionMode, TransactionOptions,
    TransactionTrait,
};
use tokio::runtime::Handle;

use super::{
    connection::{Connection, Level},
    tx::{Tx, Unit},
    unit_tx::attach,
};
use crate::{error::custom, finish::Finish};

/// Takes a connection of the pool, and begins a transaction.
pub(crate) async fn begin_transaction(
    pool: &DatabaseConnection,
    registry: Option<Registry>,
    is_quiet: bool,
    options: TransactionOptions,
) -> Result<Tx, DbErr> {
    let (runtime, pool) = (Handle::current(), pool.clone());
    let options = with_sqlite_mode(pool.get_database_backend(), options);
    let of_connection = runtime.clone();
    let begin = async move {
        let tx = pool.begin_with_options(options).await?;
        let unit = UnitOfWork::begin();
        let connection = Connection::new(tx, unit.handle(), registry, is_quiet, of_connection);
        Ok(transaction(connection, unit))
    };
    Finish::new(&runtime, begin).await
}

/// A transaction that takes a connection of the pool and begins when it is first used.
pub(crate) fn unbegun_transaction(
    pool: &DatabaseConnection,
    registry: Option<Registry>,
    is_quiet: bool,
) -> Tx {
    let options = with_sqlite_mode(pool.get_database_backend(), TransactionOptions::default());
    let unit = UnitOfWork::begin();
    let connection = Connection::unbegun(pool, options, unit.handle(), registry, is_quiet);
    transaction(connection, unit)
}

/// The handle of a transaction, whose unit has its connection.
fn transaction(connection: Connection, unit: UnitOfWork) -> Tx {
    let connection = Arc::new(connection);
    attach(&connection);
    Tx::new(connection, Level::Transaction, Unit::Transaction(unit))
}

/// SQLite: one that may write begins as a writer. If it begins as a reader, its first write fails at once, and does not wait, when
/// another one has written meanwhile.
fn with_sqlite_mode(backend: DbBackend, mut options: TransactionOptions) -> TransactionOptions {
    if backend == DbBackend::Sqlite {
        // SeaORM has no access mode for SQLite, and warns of one.
        let mode = match options.access_mode.take() {
            Some(AccessMode::ReadOnly) => SqliteTransactionMode::Deferred,
            _ => SqliteTransactionMode::Immediate,
        };
        options.sqlite_transaction_mode.get_or_insert(mode);
    }
    options
}

impl Tx {
    /// Opens a savepoint.
    pub(crate) async fn begin_savepoint(&self) -> Result<Tx, DbErr> {
        let mut open = self.lock().await?;
        let connection = Arc::clone(&self.connection);
        let begin = async move {
            let number = open.begin_savepoint().await?;
            let level = Level::Savepoint(number);
            // Under the lock, so that the savepoints of the unit and of the database have one order.
            match connection.unit.savepoint() {
                Ok(point) => Ok(Tx::new(connection, level, Unit::Savepoint(point))),
                Err(ended) => {
                    connection.roll_back(level);
                    Err(custom(ended))
                }
            }
        };
        Finish::new(&self.connection.runtime, begin).await
    }
}
