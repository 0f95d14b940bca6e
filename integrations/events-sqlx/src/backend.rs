//! The databases, and where they differ.

use std::future::Future;

use crate::error::TxError;

/// A database whose transactions are a [`Tx`](crate::Tx): `sqlx::Sqlite` with the feature `sqlite`, `sqlx::Postgres` with
/// `postgres`. Other crates cannot implement it.
///
/// It is the bound of code for any database:
///
/// ```
/// use events_core::Event;
/// use events_sqlx::{Backend, Tx, TxError};
///
/// #[derive(Event, Clone)]
/// struct Imported {
///     rows: usize,
/// }
///
/// async fn report<DB: Backend>(tx: &mut Tx<'_, DB>, rows: usize) -> Result<(), TxError> {
///     tx.emit(Imported { rows }).await?;
///     Ok(())
/// }
/// ```
pub trait Backend: Dialect {}

/// What differs from database to database.
pub trait Dialect: sqlx::Database {
    /// What a subscriber needs that takes the transaction, in words.
    const NEED: &'static str;

    /// Whether the driver itself reverts a BEGIN or SAVEPOINT whose future is dropped. If not, a connection on which one was
    /// dropped is closed: it may be in a transaction of which the driver knows nothing.
    const REVERTS_BEGIN: bool;

    /// Fails with `Aborted` if a statement of the transaction has failed in such a way that a COMMIT would roll back without an
    /// error, and with `Ended` if a statement has ended the transaction: then it has begun another one, so that what comes
    /// next does not commit by itself.
    fn probe(connection: &mut Self::Connection)
    -> impl Future<Output = Result<(), TxError>> + Send;

    /// [`probe`](Self::probe) before a COMMIT, if that needs it.
    fn probe_commit(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<(), TxError>> + Send;

    /// Whether COMMIT and BEGIN can be one message; otherwise [`commit_and_begin`](Self::commit_and_begin) is not called.
    const COMMITS_AND_BEGINS: bool;

    /// Probes and commits a transaction, and begins the next one. The driver counts both as one. After an error, no transaction is
    /// open that can be committed.
    fn commit_and_begin(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = Result<(), TxError>> + Send;

    /// Ends what a statement may have begun that was to begin a transaction, and has failed.
    fn revert_begin(connection: &mut Self::Connection) -> impl Future<Output = ()> + Send;
}

#[cfg(feature = "sqlite")]
mod sqlite {
    use sqlx::error::DatabaseError;

    use super::{Backend, Dialect, TxError};

    /// `SQLITE_ERROR`, which a BEGIN in a transaction is.
    const ERROR: &str = "1";

    impl Dialect for sqlx::Sqlite {
        const NEED: &'static str = "in a transaction of events_sqlx (SQLite)";

        const REVERTS_BEGIN: bool = true;

        // A failed statement leaves the transaction as it is, but for one with OR ROLLBACK, and a few others. After that a
        // savepoint would be a transaction of its own.
        async fn probe(connection: &mut Self::Connection) -> Result<(), TxError> {
            let Err(error) = sqlx::raw_sql("BEGIN").execute(connection).await else {
                return Err(TxError::Ended);
            };
            let code = error.as_database_error().and_then(DatabaseError::code);
            match code.as_deref() {
                Some(ERROR) => Ok(()),
                _ => Err(error.into()),
            }
        }

        // A COMMIT that does not commit is an error.
        async fn probe_commit(_: &mut Self::Connection) -> Result<(), TxError> {
            Ok(())
        }

        const COMMITS_AND_BEGINS: bool = false;

        async fn commit_and_begin(_: &mut Self::Connection) -> Result<(), TxError> {
            unreachable!("a BEGIN of SQLite is no message to a server")
        }

        // The driver reverts nothing if one of several statements fails, as in "BEGIN; SELECT nothing".
        async fn revert_begin(connection: &mut Self::Connection) {
            let _ = sqlx::raw_sql("ROLLBACK").execute(connection).await;
        }
    }

    impl Backend for sqlx::Sqlite {}
}

#[cfg(feature = "postgres")]
mod postgres {
    use sqlx::error::DatabaseError;

    use super::{Backend, Dialect, TxError};

    /// `in_failed_sql_transaction`
    const ABORTED: &str = "25P02";

    /// `no_active_sql_transaction`
    const ENDED: &str = "25P01";

    /// It is an error in an aborted transaction and outside of one, and else has no effect.
    const PROBE: &str = "SAVEPOINT events_probe; RELEASE SAVEPOINT events_probe";

    /// The probe, and then both. After an error, the server skips the rest.
    const COMMIT_AND_BEGIN: &str =
        "SAVEPOINT events_probe; RELEASE SAVEPOINT events_probe; COMMIT; BEGIN";

    /// Executes statements that begin with the probe.
    async fn run(
        connection: &mut sqlx::PgConnection,
        statements: &'static str,
    ) -> Result<(), TxError> {
        let Err(error) = sqlx::raw_sql(statements).execute(&mut *connection).await else {
            return Ok(());
        };
        let code = error.as_database_error().and_then(DatabaseError::code);
        match code.as_deref() {
            Some(ABORTED) => Err(TxError::Aborted),
            Some(ENDED) => {
                sqlx::raw_sql("BEGIN").execute(connection).await?;
                Err(TxError::Ended)
            }
            _ => Err(error.into()),
        }
    }

    impl Dialect for sqlx::Postgres {
        const NEED: &'static str = "in a transaction of events_sqlx (PostgreSQL)";

        // Its guard rolls back only what it has counted, and it counts a BEGIN when the server has answered:
        // transact-rs/sqlx#4394.
        const REVERTS_BEGIN: bool = false;

        // The server answers the COMMIT of an aborted transaction with ROLLBACK, and that outside of a transaction with a
        // warning, which the driver does not show.
        async fn probe(connection: &mut Self::Connection) -> Result<(), TxError> {
            run(connection, PROBE).await
        }

        async fn probe_commit(connection: &mut Self::Connection) -> Result<(), TxError> {
            Self::probe(connection).await
        }

        const COMMITS_AND_BEGINS: bool = true;

        async fn commit_and_begin(connection: &mut Self::Connection) -> Result<(), TxError> {
            run(connection, COMMIT_AND_BEGIN).await
        }

        // Its connection is closed.
        async fn revert_begin(_: &mut Self::Connection) {}
    }

    impl Backend for sqlx::Postgres {}
}
