//! Emitting in a transaction, and functions before and after its commit.

use std::{future::Future, pin::Pin};

use events_core::{
    Emitted, Registry,
    delivering::{Delivering, EmitFailures},
    emitting::Emitting,
    failures::BoxError,
    info::IntoKey,
    units::{EmitInError, UnitEnded, UnitEvent},
};

use crate::{backend::Backend, lender::Lender, tx::Tx};

impl<DB: Backend> Tx<'_, DB> {
    /// Emits the event in the transaction: awaits the subscribers that run at once, which may take the transaction as a
    /// parameter, and keeps the event for those that run after the commit. It is moved, so it need not be `Clone`.
    ///
    /// ```
    /// # use events_sqlx::Tx;
    /// use events_core::{Event, Registry};
    ///
    /// #[derive(Event, Clone)]
    /// struct OrderPlaced {
    ///     number: u32,
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// let registry = Registry::new();
    /// let confirm = |order: &OrderPlaced| println!("confirmed: order {}", order.number);
    /// registry.subscribe(confirm).after_commit().register()?.detach();
    ///
    /// let mut tx = Tx::begin(&pool).await?.with_registry(&registry);
    /// let emitted = tx.emit(OrderPlaced { number: 7 }).await?;
    /// assert_eq!((emitted.ran(), emitted.deferred()), (0, 1));
    /// tx.commit().await?; // confirmed: order 7
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// When a subscriber that runs at once failed: return the error, and the transaction is rolled back. Committed all the
    /// same, the others receive the event. When the event was not emitted: the queue has no room for the subscribers that run
    /// later, or emits are nested too deep.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the subscriber that is awaited is dropped, and the event is not in the transaction. What
    /// subscribers have written is.
    #[track_caller]
    pub fn emit<E: UnitEvent>(
        &mut self,
        event: E,
    ) -> impl Future<Output = Result<Emitted<()>, EmitInError<E>>> + Send {
        let emit = self
            .emitting()
            .try_emit_in_async(self.lender().unit(), event);
        self.noting(emit)
    }

    /// [`emit`](Self::emit) with an origin.
    ///
    /// # Errors
    ///
    /// As `emit`.
    #[track_caller]
    pub fn emit_from<E: UnitEvent, M>(
        &mut self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> impl Future<Output = Result<Emitted<()>, EmitInError<E>>> + Send {
        let emitting = self.emitting().origin(origin);
        let emit = emitting.try_emit_in_async(self.lender().unit(), event);
        self.noting(emit)
    }

    /// [`emit`](Self::emit) for code that is not async. An awaited subscriber that runs at once is a failure.
    ///
    /// # Errors
    ///
    /// As `emit`.
    #[track_caller]
    pub fn emit_sync<E: UnitEvent>(&mut self, event: E) -> Result<Emitted<()>, EmitInError<E>> {
        let (emitting, unit) = (self.emitting(), self.handle());
        let _loan = self.lend();
        let result = emitting.try_emit_in(&unit, event);
        result.inspect_err(|error| EmitFailures::note(&unit, error))
    }

    /// [`emit_sync`](Self::emit_sync) with an origin.
    ///
    /// # Errors
    ///
    /// As `emit`.
    #[track_caller]
    pub fn emit_sync_from<E: UnitEvent, M>(
        &mut self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> Result<Emitted<()>, EmitInError<E>> {
        let (emitting, unit) = (self.emitting().origin(origin), self.handle());
        let _loan = self.lend();
        let result = emitting.try_emit_in(&unit, event);
        result.inspect_err(|error| EmitFailures::note(&unit, error))
    }

    /// Calls the function after the commit, among the events in their order; see
    /// [`UnitOfWork::after_commit`](events_core::UnitOfWork::after_commit). It is not called if the transaction is rolled
    /// back, or the savepoint that this is.
    pub fn after_commit(&self, f: impl FnOnce() + Send + 'static) {
        let added = self.lender().unit().after_commit(f);
        debug_assert!(added.is_ok(), "the unit is open as long as the transaction");
    }

    /// Awaits the function directly before the COMMIT, with the transaction: for its last statements. With an error or a
    /// panic of it, the transaction is rolled back. The functions are called in order.
    ///
    /// ```
    /// # use events_sqlx::Tx;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// # sqlx::query("CREATE TABLE entry (cents INTEGER)").execute(&pool).await?;
    /// let tx = Tx::begin(&pool).await?;
    /// tx.before_commit(|mut tx| {
    ///     Box::pin(async move {
    ///         let sum = sqlx::query_scalar("SELECT coalesce(sum(cents), 0) FROM entry");
    ///         match sum.fetch_one(tx.conn()).await? {
    ///             0_i64 => Ok(()),
    ///             _ => Err("the ledger does not balance".into()),
    ///         }
    ///     })
    /// });
    /// tx.commit().await?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn before_commit<F>(&self, f: F)
    where
        F: for<'t> FnOnce(Tx<'t, DB>) -> BeforeCommit<'t> + Send + 'static,
    {
        // In a subscriber the current one is that of the emit, which is not the current one at the commit.
        let added = self.lender().before_commit(self.registry(), f);
        debug_assert!(added.is_ok(), "the unit is open as long as the transaction");
    }

    /// Delivers to a durable subscriber, which may take this transaction as a parameter; the function delivers the event. What
    /// the subscriber emits belongs to the unit of the transaction.
    ///
    /// ```
    /// use events_core::{Event, Registry, outcomes::SubscriberOutcome, subscriber, subscribers};
    /// use events_sqlx::Tx;
    /// use sqlx::Sqlite;
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced {
    ///     number: u32,
    /// }
    ///
    /// #[subscriber(durable = "ledger.book")]
    /// async fn book(order: &OrderPlaced, mut tx: Tx<'_, Sqlite>) -> Result<(), sqlx::Error> {
    ///     sqlx::query("INSERT INTO entry VALUES (?)").bind(order.number).execute(tx.conn()).await?;
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
    /// # sqlx::query("CREATE TABLE entry (number INTEGER)").execute(&pool).await?;
    /// let registry = Registry::with(subscribers![book]);
    /// let book = registry.durable_subscribers()[0].delivering();
    /// let mut tx = Tx::begin(&pool).await?;
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
        &mut self,
        delivering: Delivering,
        call: impl FnOnce(Delivering) -> F,
    ) -> F::Output {
        let lender = self.lender().clone();
        let delivering = delivering.in_unit(lender.unit()).with(lender);
        self.lending(call(delivering)).await
    }

    /// An emit whose subscribers can take the transaction.
    pub(crate) fn emitting(&self) -> Emitting {
        self.registry().emitting().with(self.lender().clone())
    }

    /// An emit during which the session is lent. Its failures are noted in the unit.
    async fn noting<E>(
        &mut self,
        emit: impl Future<Output = Result<Emitted<()>, EmitInError<E>>>,
    ) -> Result<Emitted<()>, EmitInError<E>> {
        let result = self.lending(emit).await;
        result.inspect_err(|error| EmitFailures::note(self.lender().unit(), error))
    }

    /// A future during which the session is lent.
    pub(crate) async fn lending<F: Future>(&mut self, future: F) -> F::Output {
        // Dropped behind the future, which may have the session.
        let _loan = self.lend();
        future.await
    }
}

impl<DB: Backend> Lender<DB> {
    /// Adds a function before the commit, whose transaction emits to this registry.
    pub(crate) fn before_commit<F>(&self, registry: Registry, f: F) -> Result<(), UnitEnded>
    where
        F: for<'t> FnOnce(Tx<'t, DB>) -> BeforeCommit<'t> + Send + 'static,
    {
        let lender = self.clone();
        self.unit().before_commit_async(move |_| async move {
            let mut borrowed = lender.borrow()?;
            let (slot, lender) = borrowed.parts();
            f(Tx::borrowed(slot, lender).with_registry(&registry)).await
        })
    }
}

/// The future of a function before the commit; see [`Tx::before_commit`].
///
/// ```
/// use events_sqlx::{BeforeCommit, Tx};
/// use sqlx::Sqlite;
///
/// fn stamp(mut tx: Tx<'_, Sqlite>) -> BeforeCommit<'_> {
///     Box::pin(async move {
///         sqlx::query("UPDATE version SET number = number + 1").execute(tx.conn()).await?;
///         Ok(())
///     })
/// }
///
/// fn stamped(tx: &Tx<'_, Sqlite>) {
///     tx.before_commit(stamp);
/// }
/// ```
pub type BeforeCommit<'t> = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send + 't>>;
