//! A series of transactions on one connection.

use crate::{
    backend::Backend,
    error::TxError,
    session::Session,
    tx::{End, Tx},
};

impl<DB: Backend> Tx<'static, DB> {
    /// [`commit`](Self::commit), and then [`begin`](Self::begin) on the same connection, for a series of transactions. With PostgreSQL
    /// both are one message, in place of those of the test, the COMMIT and the BEGIN, and no connection is taken from the pool. The next
    /// transaction emits to the same registry.
    ///
    /// `None`: it is committed, and there is no next one. This is so with SQLite, where a BEGIN is no message.
    ///
    /// The next transaction keeps the connection: others that wait for one of the pool do not get it. What the pool does when a connection is
    /// returned and taken, as with `after_release` and `before_acquire` of sqlx, is not done in between: a setting of the session, such
    /// as one made with `SET ROLE`, is that of the next transaction as well. Use `SET LOCAL`.
    ///
    /// ```
    /// # use events_sqlx::{Tx, TxError};
    /// # async fn import(pool: &sqlx::SqlitePool, rows: &[i64]) -> Result<(), TxError> {
    /// let mut next = None;
    /// for row in rows {
    ///     let mut tx = match next.take() {
    ///         Some(tx) => tx,
    ///         None => Tx::begin(pool).await?,
    ///     };
    ///     sqlx::query("INSERT INTO entry VALUES ($1)").bind(row).execute(tx.conn()).await?;
    ///     next = tx.commit_and_begin().await?;
    /// }
    /// # Ok(())
    /// # }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// # sqlx::query("CREATE TABLE entry (number INTEGER)").execute(&pool).await?;
    /// # import(&pool, &[1, 2]).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// As `commit`; there is no next transaction then.
    ///
    /// # Cancellation
    ///
    /// As `commit`; the next one is rolled back.
    pub async fn commit_and_begin(mut self) -> Result<Option<Self>, TxError> {
        let Some(End::Transaction(unit)) = self.end.take() else {
            return Err(TxError::NotOwner);
        };
        let registry = self.registry.take();
        let next = self.commit_transaction(unit, Session::commit_and_begin);
        let next = next.await?.map(Self::of);
        Ok(match registry {
            Some(registry) => next.map(|next| next.with_registry(&registry)),
            None => next,
        })
    }
}
