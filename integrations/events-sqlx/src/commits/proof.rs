//! The proof, by a statement of PostgreSQL, that its transaction can be committed.

use sqlx::{
    Postgres, Row,
    postgres::{PgArguments, PgRow},
    query::Query,
};

use crate::tx::Tx;

impl Tx<'_, Postgres> {
    /// The statements with which [`begin_with`](Self::begin_with) begins a transaction that [`PROOF`](Self::PROOF) recognises. They make
    /// a setting that PostgreSQL takes back when the transaction ends, however it ends.
    pub const BEGIN: &'static str = "BEGIN; SET LOCAL events.tx = 'open'";

    /// The last column of a query of [`fetch_proof`](Self::fetch_proof).
    ///
    /// That a row is returned shows that no statement has failed. The setting shows that the transaction is the one that
    /// [`BEGIN`](Self::BEGIN) has begun. In a transaction that was begun otherwise the column is not true, and the commit tests.
    pub const PROOF: &'static str = "current_setting('events.tx', TRUE) = 'open'";

    /// Executes a query on the connection of [`conn`](Self::conn), and returns its first row, of which the last column is
    /// [`PROOF`](Self::PROOF). If this is the last statement of the transaction, [`commit`](Self::commit) omits the test before the
    /// COMMIT, which is a message to the server and back. After any other use of the transaction, the commit tests as without this.
    ///
    /// The test finds a failed statement that was ignored, [`TxError::Aborted`](crate::TxError::Aborted), and a transaction that was
    /// ended by a statement, [`TxError::Ended`](crate::TxError::Ended). With another expression that is true in place of the proof, or
    /// if the setting was made for the session, the latter is not found: the commit is `Ok`, and events are emitted, although a part
    /// was committed before, or rolled back.
    ///
    /// ```no_run
    /// use events_sqlx::{Tx, TxError};
    /// use sqlx::{AssertSqlSafe, PgPool};
    ///
    /// async fn close(pool: &PgPool, order: i64) -> Result<(), TxError> {
    ///     let mut tx = Tx::begin_with(pool, Tx::BEGIN).await?;
    ///     let close = format!("WITH closed AS (UPDATE orders SET open = FALSE WHERE id = $1) SELECT {}", Tx::PROOF);
    ///     tx.fetch_proof(sqlx::query(AssertSqlSafe(close)).bind(order)).await?;
    ///     tx.commit().await
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of the database; if the query returns no row; if its last column is no boolean.
    ///
    /// # Panics
    ///
    /// As `conn`.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, it is not known whether the statement was executed, and the commit tests.
    pub async fn fetch_proof(
        &mut self,
        query: Query<'_, Postgres, PgArguments>,
    ) -> sqlx::Result<PgRow> {
        let row = query.fetch_one(self.conn()).await?;
        let last = row.len().saturating_sub(1);
        if row.try_get::<Option<bool>, _>(last)? == Some(true) {
            self.set_proven();
        }
        Ok(row)
    }
}
