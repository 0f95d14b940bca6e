//! The delivery to a durable subscriber, in a transaction.

use std::future::Future;

use events_core::delivering::Delivering;

use super::tx::Tx;

impl Tx {
    /// Delivers to a durable subscriber, which may take this transaction as a parameter; the function delivers the event. What
    /// the subscriber emits belongs to the unit of the transaction.
    ///
    /// ```
    /// use events_core::{Event, Registry, outcomes::SubscriberOutcome, subscriber, subscribers};
    /// use events_seaorm::{Db, Tx};
    /// use sea_orm::{ConnectionTrait, Database, DbErr, TransactionTrait};
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced {
    ///     number: u32,
    /// }
    ///
    /// #[subscriber(durable = "ledger.book")]
    /// async fn book(order: &OrderPlaced, tx: &Tx) -> Result<(), DbErr> {
    ///     tx.execute_unprepared(&format!("INSERT INTO entry VALUES ({})", order.number)).await?;
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), DbErr> {
    /// let db = Db::new(Database::connect("sqlite::memory:").await?);
    /// db.execute_unprepared("CREATE TABLE entry (number INTEGER)").await?;
    /// let registry = Registry::with(subscribers![book]);
    /// let book = registry.durable_subscribers()[0].delivering();
    /// let tx = db.begin().await?;
    /// let outcome = tx.deliver(book, |book| book.deliver(OrderPlaced { number: 7 })).await;
    /// assert!(matches!(outcome, SubscriberOutcome::Ran));
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the subscriber is dropped where it is. What it has written is in the transaction.
    pub async fn deliver<F: Future>(
        &self,
        delivering: Delivering,
        call: impl FnOnce(Delivering) -> F,
    ) -> F::Output {
        let delivering = delivering.in_unit(&self.handle());
        call(delivering.with(self.lending())).await
    }
}
