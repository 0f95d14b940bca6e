//! A closure in a transaction.

use std::{fmt, future::Future, pin::Pin};

use sea_orm::{DbErr, TransactionError, TransactionTrait};

use super::tx::Tx;

/// Runs the closure in a transaction of a [`Db`](crate::Db), or in a savepoint of a [`Tx`]. It is committed if the closure returns
/// `Ok`, and rolled back if it returns an error, panics, or if the future is dropped.
///
/// The error type is that of the closure; write it at the closure, as below. The future is `Send` if that of the closure is, which the
/// compiler finds out for a closure that is written at the call. Where it does not, as in a function that takes the closure as a parameter,
/// use the boxed form of SeaORM, [`TransactionTrait::transaction`].
///
/// ```
/// use events_seaorm::{Db, transaction};
/// use sea_orm::{ConnectionTrait, Database, DbErr};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), DbErr> {
/// let db = Db::new(Database::connect("sqlite::memory:").await?);
/// db.execute_unprepared("CREATE TABLE account (cents INTEGER)").await?;
///
/// let rows = transaction(&db, async |tx| -> Result<u64, DbErr> {
///     tx.execute_unprepared("INSERT INTO account VALUES (100)").await?;
///     let changed = tx.execute_unprepared("UPDATE account SET cents = cents - 1").await?;
///     Ok(changed.rows_affected())
/// })
/// .await?;
/// assert_eq!(rows, 1);
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// The error of the closure, after the rollback; those of BEGIN and COMMIT.
///
/// # Panics
///
/// With a [`Db`](crate::Db), outside of a runtime of tokio. A panic of the closure is not caught.
///
/// # Cancellation
///
/// If the future is dropped before the COMMIT, the transaction is rolled back. From the COMMIT on it is finished, as by [`Tx::commit`].
pub async fn transaction<C, T, E>(
    connection: &C,
    f: impl AsyncFnOnce(&Tx) -> Result<T, E>,
) -> Result<T, E>
where
    C: TransactionTrait<Transaction = Tx>,
    E: From<DbErr>,
{
    let tx = connection.begin().await?;
    let result = f(&tx).await;
    end(tx, result).await?
}

/// The same with a boxed future, as SeaORM has it.
pub(crate) async fn run_boxed<F, T, E>(
    begun: Result<Tx, DbErr>,
    callback: F,
) -> Result<T, TransactionError<E>>
where
    F: for<'c> FnOnce(&'c Tx) -> Pin<Box<dyn Future<Output = Result<T, E>> + Send + 'c>> + Send,
    E: fmt::Display + fmt::Debug,
{
    let tx = begun?;
    let result = callback(&tx).await;
    end(tx, result)
        .await?
        .map_err(TransactionError::Transaction)
}

/// Commits the transaction if the result is `Ok`, and else rolls it back. The outer error is that of the commit.
async fn end<T, E>(tx: Tx, result: Result<T, E>) -> Result<Result<T, E>, DbErr> {
    match &result {
        Ok(_) => tx.commit().await?,
        // The error of the closure is the cause, also if the rollback fails.
        Err(_) => drop(tx.rollback().await),
    }
    Ok(result)
}
