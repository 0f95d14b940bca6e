//! The handle of a transaction or of a savepoint, and its end.

use std::{fmt, future::Future, sync::Arc};

use events_core::{
    Emitted, Event, Registry, UnitOfWork,
    delivering::EmitFailures,
    emitting::Emitting,
    info::IntoKey,
    units::{Savepoint, TryEmitInAsync, UnitEvent, UnitHandle},
};
use sea_orm::{DbBackend, DbErr, TransactionSession};
use tokio::runtime::Handle;

use super::{
    connection::{Connection, Ending, Level, Locked, Writing},
    lent::Lent,
};
use crate::{
    error::{before_commit, custom, ended, open_savepoint},
    finish::Finish,
};

#[doc = include_str!("../../docs/tx.md")]
#[must_use = "a transaction that is dropped is rolled back"]
pub struct Tx {
    pub(super) connection: Arc<Connection>,
    pub(super) level: Level,
    /// `None` once it has ended.
    unit: Option<Unit>,
    /// Whether it has ended in the database, or another handle ends it: then a drop rolls nothing back.
    is_ended: bool,
}

/// The part of the unit of work that ends with a handle.
pub(super) enum Unit {
    Transaction(UnitOfWork),
    Savepoint(Savepoint),
}

impl Tx {
    pub(super) fn new(connection: Arc<Connection>, level: Level, unit: Unit) -> Self {
        Self {
            connection,
            level,
            unit: Some(unit),
            is_ended: false,
        }
    }

    /// The same transaction, for a call that does not end it.
    pub(crate) fn lent(&self) -> Self {
        Self::of(self.connection.clone(), self.level)
    }

    /// A handle that does not end what it stands for.
    pub(super) fn of(connection: Arc<Connection>, level: Level) -> Self {
        Self {
            connection,
            level,
            unit: None,
            is_ended: true,
        }
    }

    pub(crate) fn backend(&self) -> DbBackend {
        self.connection.backend
    }

    /// Whether writes of records are to emit no events.
    pub(crate) fn is_quiet(&self) -> bool {
        self.connection.is_quiet
    }

    pub(crate) fn runtime(&self) -> Handle {
        self.connection.runtime.clone()
    }

    /// Notes that a write is made, until the guard is dropped: the transaction is not committed before its event is held.
    pub(crate) fn start_write(&self) -> Writing {
        self.connection.start_write()
    }

    /// Whether the savepoint in which a statement was executed has been dropped since: the statement will be rolled back with it.
    pub(crate) fn is_undone(&self, open: &Locked) -> bool {
        let innermost = open.innermost();
        innermost.is_some_and(|number| self.connection.is_dropped(number))
    }

    /// Whether it is a savepoint: others may execute statements in its transaction meanwhile.
    pub(crate) fn is_savepoint(&self) -> bool {
        self.level != Level::Transaction
    }

    /// How many statements were executed in the transaction.
    pub(crate) fn executed(&self) -> u64 {
        self.connection.executed()
    }

    /// Waits until no other statement is being executed in the transaction. An error if it has ended.
    pub(crate) async fn lock(&self) -> Result<Locked, DbErr> {
        self.connection.lock(self.level).await
    }

    /// The registry to which events are emitted now: that of the [`Db`](crate::Db), or the current one.
    #[must_use]
    pub fn registry(&self) -> Registry {
        let registry = self.connection.registry.clone();
        registry.unwrap_or_else(events_core::registry)
    }

    /// A handle of the unit of work of this transaction.
    #[must_use]
    pub fn handle(&self) -> UnitHandle {
        self.connection.unit.clone()
    }

    /// An emit whose subscribers can take the transaction.
    pub(crate) fn emitting(&self) -> Emitting {
        self.registry().emitting().with(self.lending())
    }

    /// What is given to the subscribers of an emit.
    pub(super) fn lending(&self) -> Lent {
        Lent {
            connection: Arc::clone(&self.connection),
            level: self.level,
        }
    }

    /// The registry to which writes of records emit events now; `None` if they are not to.
    pub(crate) fn event_registry(&self) -> Option<Registry> {
        (!self.is_quiet()).then(|| self.registry())
    }

    /// Emits the event of a write that was made, in the transaction.
    pub(crate) async fn announce<E: UnitEvent>(&self, event: E) -> Result<(), DbErr> {
        let result = self
            .emitting()
            .try_emit_in_async(&self.connection.unit, event)
            .await;
        match result {
            Ok(_) => Ok(()),
            Err(error) if error.failures().is_empty() => Err(custom(error)),
            Err(error) => {
                tracing::error!(target: "events_seaorm", %error, "subscribers of a write failed");
                Ok(())
            }
        }
    }

    /// Emits an event that can be vetoed, in the transaction, and returns it.
    #[track_caller]
    pub(crate) fn emit_check<E: Event + Send>(&self, event: E) -> impl Future<Output = E> + Send {
        self.emitting()
            .in_unit(&self.connection.unit)
            .emit_async(event)
    }

    /// Emits the event in the transaction: awaits the subscribers that run at once, and keeps the event for those that run after
    /// the commit. It is moved, so it need not be `Clone`.
    ///
    /// ```
    /// use events_core::Event;
    /// use events_seaorm::Tx;
    /// use sea_orm::DbErr;
    ///
    /// #[derive(Event)]
    /// struct OrderPlaced {
    ///     number: i32,
    /// }
    ///
    /// async fn place(tx: &Tx, number: i32) -> Result<(), DbErr> {
    ///     // .. writes the order ..
    ///     tx.emit(OrderPlaced { number }).await?;
    ///     Ok(())
    /// }
    /// ```
    ///
    /// # Errors
    ///
    /// When a subscriber that runs at once failed: return the error, and the transaction is rolled back. Committed all the
    /// same, the others receive the event. When the event was not emitted: the transaction has ended, the queue has no room for
    /// the subscribers that run later, or emits are nested too deep.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the subscriber that is awaited is dropped, and the event is not in the transaction. What
    /// subscribers have written is.
    #[track_caller]
    pub fn emit<E: UnitEvent>(
        &self,
        event: E,
    ) -> impl Future<Output = Result<Emitted<()>, DbErr>> + Send {
        let emitting = self.emitting();
        self.emit_if_open(emitting.try_emit_in_async(&self.connection.unit, event))
    }

    /// [`emit`](Self::emit) with an origin.
    ///
    /// # Errors
    ///
    /// As `emit`.
    #[track_caller]
    pub fn emit_from<E: UnitEvent, M>(
        &self,
        event: E,
        origin: impl IntoKey<M>,
    ) -> impl Future<Output = Result<Emitted<()>, DbErr>> + Send {
        let emitting = self.emitting().origin(origin);
        self.emit_if_open(emitting.try_emit_in_async(&self.connection.unit, event))
    }

    /// Without its savepoint the event would belong to the transaction around it.
    async fn emit_if_open<E: UnitEvent>(
        &self,
        emit: TryEmitInAsync<E>,
    ) -> Result<Emitted<()>, DbErr> {
        drop(self.lock().await?);
        emit.await.map_err(|error| {
            EmitFailures::note(&self.connection.unit, &error);
            custom(error)
        })
    }

    /// Calls the function after the commit, among the events in their order. It is not called if the transaction is rolled back,
    /// or the savepoint that this is. Its panic is logged.
    ///
    /// ```
    /// use events_seaorm::Tx;
    ///
    /// fn note(tx: &Tx, path: &'static str) {
    ///     tx.after_commit(move || println!("{path} is stale"));
    /// }
    /// ```
    pub fn after_commit(&self, f: impl FnOnce() + Send + 'static) {
        // It would be that of the transaction around it.
        if let Some(Unit::Savepoint(point)) = &self.unit
            && !point.is_open()
        {
            return;
        }
        // In a transaction that has ended nothing is committed any more.
        let _ = self.connection.unit.after_commit(f);
    }

    /// Commits the transaction, and emits the events that it holds. A savepoint is released: its statements and events belong
    /// to the transaction around it.
    ///
    /// The events are emitted directly after the COMMIT, before this is ready; it does not wait for subscribers that are async or
    /// deferred, which are put into the queue. The failure of a subscriber is logged, and is not an error of the commit.
    ///
    /// # Errors
    ///
    /// The transaction, or the savepoint, is rolled back, and no event is emitted: if the database refuses the commit, if a
    /// function before the commit fails, whose error this is if it is a `DbErr`, if a savepoint is open, and if an error of PostgreSQL was ignored, which aborts the
    /// transaction there. If the connection was lost in the COMMIT, the database may have committed all the same.
    ///
    /// # Cancellation
    ///
    /// Dropped before the COMMIT, the transaction is rolled back. From the COMMIT on it is finished on a task of the runtime:
    /// either the database commits and the events are emitted, or neither.
    pub async fn commit(mut self) -> Result<(), DbErr> {
        match self.unit.take() {
            Some(Unit::Transaction(unit)) => self.commit_transaction(unit).await,
            Some(Unit::Savepoint(point)) => {
                // It ends in the unit and in the database together.
                self.unit = Some(Unit::Savepoint(point));
                self.commit_savepoint().await
            }
            None => Err(ended()),
        }
    }

    async fn commit_transaction(mut self, unit: UnitOfWork) -> Result<(), DbErr> {
        self.connection.end_writes().await;
        let prepared = unit.prepare_async().await.map_err(before_commit)?;
        let mut open = self.lock().await?;
        self.is_ended = true;
        let commit = async move {
            let checked = open.check().await;
            let tx = open.take_tx()?;
            if let Err(error) = checked {
                let _ = tx.rollback().await; // that it was not committed is known all the same
                return Err(error);
            }
            tx.commit().await?; // with an error `prepared` is dropped, which rolls the unit back
            prepared.commit(); // there is no `await` in between
            Ok(())
        };
        Finish::new(&self.connection.runtime, commit).await
    }

    async fn commit_savepoint(mut self) -> Result<(), DbErr> {
        let mut open = self.lock().await?;
        if Some(self.level) != open.innermost().map(Level::Savepoint) {
            return Err(open_savepoint());
        }
        open.check().await?;
        let Some(Unit::Savepoint(point)) = self.unit.take() else {
            return Err(ended());
        };
        self.is_ended = true;
        if let Err(error) = point.release() {
            self.connection.roll_back(self.level);
            return Err(custom(error));
        }
        let release = async move { open.release_savepoint().await };
        Finish::new(&self.connection.runtime, release).await
    }

    /// Rolls the transaction, or the savepoint, back: its events did not happen, and only subscribers that are
    /// `after_rollback` receive them.
    ///
    /// # Errors
    ///
    /// The error of the database; the connection is closed then, which rolls back as well.
    ///
    /// # Cancellation
    ///
    /// Dropped, it is rolled back all the same.
    pub async fn rollback(mut self) -> Result<(), DbErr> {
        let ending = self.start_ending();
        let result = self.roll_back().await;
        drop(self);
        drop(ending);
        result
    }

    /// For a savepoint, statements wait until it has ended in the unit.
    fn start_ending(&self) -> Option<Ending> {
        let is_savepoint = matches!(self.level, Level::Savepoint(_));
        is_savepoint.then(|| self.connection.start_ending())
    }

    async fn roll_back(&mut self) -> Result<(), DbErr> {
        if self.level == Level::Transaction {
            let mut open = self.lock().await?;
            self.is_ended = true;
            let rollback = async move { open.take_tx()?.rollback().await };
            return Finish::new(&self.connection.runtime, rollback).await;
        }
        drop(self.connection.lock_to_end(self.level).await?);
        self.is_ended = true;
        self.connection.roll_back(self.level);
        drop(self.connection.lock_to_end(Level::Transaction).await?); // rolls it back
        Ok(())
    }
}

impl Drop for Tx {
    fn drop(&mut self) {
        let _ending = (!self.is_ended).then(|| self.start_ending());
        if !self.is_ended {
            self.connection.roll_back(self.level);
        }
        // Behind the statement: subscribers that are `after_rollback` are called when the unit is dropped.
        drop(self.unit.take());
    }
}

impl fmt::Debug for Tx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tx")
            .field("level", &self.level)
            .field("unit", &self.connection.unit)
            .finish_non_exhaustive()
    }
}

#[async_trait::async_trait]
impl TransactionSession for Tx {
    async fn commit(self) -> Result<(), DbErr> {
        Tx::commit(self).await
    }

    async fn rollback(self) -> Result<(), DbErr> {
        Tx::rollback(self).await
    }
}
