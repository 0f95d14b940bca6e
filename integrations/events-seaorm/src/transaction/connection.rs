//! A connection with an open transaction, which the handles of it and of its savepoints share.
//!
//! Invariants:
//! - a statement is executed under the lock of `open`, and so are those that begin and end the transaction and its savepoints;
//! - the savepoints that are open in the database are those of `savepoints`, in this order, whenever the lock is taken with
//!   [`Connection::lock`];
//! - what a dropped handle has to roll back is rolled back before the next statement;
//! - a savepoint that is rolled back has ended in the unit before the next statement as well: its event is held where the statement is.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use events_core::{Registry, units::UnitHandle};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, TransactionOptions,
    TransactionTrait,
};
use tokio::{
    runtime::Handle,
    sync::{OwnedMutexGuard, watch},
};

use crate::{
    error::{aborted, broken, ended},
    finish::Finish,
};

/// A connection with an open transaction.
pub(crate) struct Connection {
    open: Arc<tokio::sync::Mutex<Open>>,
    dropped: Mutex<Dropped>,
    /// How many statements were executed.
    executed: Arc<AtomicU64>,
    /// How many writes are made whose events are not yet in the unit.
    writes: watch::Sender<usize>,
    /// How many handles of savepoints are being rolled back.
    ending: watch::Sender<usize>,
    pub(super) backend: DbBackend,
    pub(super) unit: UnitHandle,
    /// `None`: the current one at each emit.
    pub(super) registry: Option<Registry>,
    /// Whether writes of records are to emit no events.
    pub(super) is_quiet: bool,
    pub(super) runtime: Handle,
}

/// The transaction and its open savepoints.
pub(crate) struct Open {
    /// `None` before it has begun, and once it has ended.
    tx: Option<DatabaseTransaction>,
    /// How it begins, when it is first used.
    begin: Option<(DatabaseConnection, TransactionOptions)>,
    /// The numbers of the open savepoints, innermost last.
    savepoints: Vec<u64>,
    /// The number of the last savepoint.
    last: u64,
    /// Whether a statement has failed, or its result is not known, so that PostgreSQL may have aborted the transaction.
    is_suspect: bool,
    /// Counts the statements.
    executed: Arc<AtomicU64>,
    /// Whether a savepoint could not be ended, so that it is not known what the transaction contains, or a write has no event.
    is_broken: bool,
}

/// What is still to be rolled back for handles that were dropped.
#[derive(Default)]
struct Dropped {
    transaction: bool,
    savepoints: Vec<u64>,
}

/// What a handle stands for: the transaction, or one of its savepoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Level {
    Transaction,
    Savepoint(u64),
}

/// The guard of a write whose event is not yet in the unit.
pub(crate) struct Writing(Arc<Connection>);

impl Drop for Writing {
    fn drop(&mut self) {
        self.0.writes.send_modify(|writes| *writes -= 1);
    }
}

/// The guard of a savepoint that is being rolled back, until it has ended in the unit: no statement begins meanwhile.
pub(super) struct Ending(Arc<Connection>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.ending.send_modify(|ending| *ending -= 1);
    }
}

/// The lock, and what it protects.
pub(crate) type Locked = OwnedMutexGuard<Open>;

impl Connection {
    /// One that has begun.
    pub(super) fn new(
        tx: DatabaseTransaction,
        unit: UnitHandle,
        registry: Option<Registry>,
        is_quiet: bool,
        runtime: Handle,
    ) -> Self {
        let backend = tx.get_database_backend();
        let mut connection = Self::with(Some(tx), None, backend, unit, runtime);
        (connection.registry, connection.is_quiet) = (registry, is_quiet);
        connection
    }

    /// One that begins when it is first used.
    pub(super) fn unbegun(
        pool: &DatabaseConnection,
        options: TransactionOptions,
        unit: UnitHandle,
        registry: Option<Registry>,
        is_quiet: bool,
    ) -> Self {
        let (backend, runtime) = (pool.get_database_backend(), Handle::current());
        let begin = Some((pool.clone(), options));
        let mut connection = Self::with(None, begin, backend, unit, runtime);
        (connection.registry, connection.is_quiet) = (registry, is_quiet);
        connection
    }

    fn with(
        tx: Option<DatabaseTransaction>,
        begin: Option<(DatabaseConnection, TransactionOptions)>,
        backend: DbBackend,
        unit: UnitHandle,
        runtime: Handle,
    ) -> Self {
        let executed = Arc::<AtomicU64>::default();
        let open = Open {
            tx,
            begin,
            savepoints: Vec::new(),
            last: 0,
            executed: Arc::clone(&executed),
            is_suspect: false,
            is_broken: false,
        };
        Self {
            open: Arc::new(tokio::sync::Mutex::new(open)),
            dropped: Mutex::default(),
            executed,
            writes: watch::Sender::new(0),
            ending: watch::Sender::new(0),
            backend,
            unit,
            registry: None,
            is_quiet: false,
            runtime,
        }
    }

    pub(super) fn executed(&self) -> u64 {
        self.executed.load(Ordering::Relaxed)
    }

    /// Notes that a write is made, until the guard is dropped.
    pub(super) fn start_write(self: &Arc<Self>) -> Writing {
        self.writes.send_modify(|writes| *writes += 1);
        Writing(Arc::clone(self))
    }

    /// Waits until the events of all writes are in the unit, also of those whose futures were dropped.
    pub(super) async fn end_writes(&self) {
        // The sender is here.
        let _ = self
            .writes
            .subscribe()
            .wait_for(|writes| *writes == 0)
            .await;
    }

    /// Has statements wait, until the guard is dropped, for a savepoint that is being rolled back.
    pub(super) fn start_ending(self: &Arc<Self>) -> Ending {
        self.ending.send_modify(|ending| *ending += 1);
        Ending(Arc::clone(self))
    }

    fn dropped(&self) -> MutexGuard<'_, Dropped> {
        self.dropped.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until no statement is being executed, and rolls back the savepoints of dropped handles. An error if the level has
    /// ended.
    pub(crate) async fn lock(self: &Arc<Self>, level: Level) -> Result<Locked, DbErr> {
        loop {
            let open = Arc::clone(&self.open).lock_owned().await;
            if *self.ending.borrow() == 0 {
                return self.prepare(open, level).await;
            }
            drop(open);
            // The sender is here.
            let _ = self
                .ending
                .subscribe()
                .wait_for(|ending| *ending == 0)
                .await;
        }
    }

    /// [`lock`](Self::lock) for a handle that is being rolled back.
    pub(super) async fn lock_to_end(self: &Arc<Self>, level: Level) -> Result<Locked, DbErr> {
        let open = Arc::clone(&self.open).lock_owned().await;
        self.prepare(open, level).await
    }

    /// Begins a transaction that has not begun, and rolls back what dropped handles have left.
    async fn prepare(self: &Arc<Self>, mut open: Locked, level: Level) -> Result<Locked, DbErr> {
        let (is_dropped, is_due) = {
            let dropped = self.dropped();
            (dropped.transaction, !dropped.savepoints.is_empty())
        };
        if is_dropped {
            return Err(ended());
        }
        if let Some((pool, options)) = open.begin.take() {
            let begin = async move {
                open.tx = Some(pool.begin_with_options(options).await?);
                Ok::<_, DbErr>(open)
            };
            open = Finish::new(&self.runtime, begin).await?;
        }
        open.tx()?;
        if is_due {
            let connection = Arc::clone(self);
            let roll_back = async move {
                connection.roll_back_dropped(&mut open).await;
                open
            };
            open = Finish::new(&self.runtime, roll_back).await;
        }
        open.check_whole()?;
        match level {
            Level::Savepoint(number) if !open.savepoints.contains(&number) => Err(ended()),
            _ => Ok(open),
        }
    }

    /// Rolls back the savepoints whose handles were dropped, with those in them.
    async fn roll_back_dropped(&self, open: &mut Open) {
        loop {
            let next = self.dropped().savepoints.pop();
            let Some(number) = next else { return };
            // It is gone if one around it was rolled back.
            let Some(index) = open.savepoints.iter().position(|open| *open == number) else {
                continue;
            };
            open.savepoints.truncate(index);
            open.end_savepoint("ROLLBACK TO SAVEPOINT", number).await;
            open.end_savepoint("RELEASE SAVEPOINT", number).await;
        }
    }

    /// Whether the savepoint of this number is to be rolled back, for a handle that was dropped.
    pub(super) fn is_dropped(&self, number: u64) -> bool {
        self.dropped().savepoints.contains(&number)
    }

    /// Has the level rolled back: the transaction now, or when the statement has ended that is being executed; a savepoint before
    /// the next statement.
    pub(super) fn roll_back(&self, level: Level) {
        let Level::Savepoint(number) = level else {
            self.dropped().transaction = true;
            let open = Arc::clone(&self.open);
            let is_thread_ending =
                Handle::try_current().is_err_and(|error| error.is_thread_local_destroyed());
            if !is_thread_ending && let Ok(mut open) = Arc::clone(&open).try_lock_owned() {
                // A connection is returned to the pool on a task.
                let _in_runtime = self.runtime.enter();
                drop(open.tx.take());
                return;
            }
            let roll_back = async move { drop(open.lock().await.tx.take()) };
            drop(self.runtime.spawn(roll_back));
            return;
        };
        self.dropped().savepoints.push(number);
    }
}

impl Open {
    /// The transaction, to execute statements in it.
    pub(crate) fn tx(&self) -> Result<&DatabaseTransaction, DbErr> {
        self.tx.as_ref().ok_or_else(ended)
    }

    /// The transaction, to end it.
    pub(super) fn take_tx(&mut self) -> Result<DatabaseTransaction, DbErr> {
        self.tx.take().ok_or_else(ended)
    }

    pub(super) fn innermost(&self) -> Option<u64> {
        self.savepoints.last().copied()
    }

    /// Has the transaction end in an error: it is not known what it contains.
    pub(crate) fn set_broken(&mut self) {
        self.is_broken = true;
    }

    /// Takes that back: it is known.
    pub(crate) fn set_whole(&mut self) {
        self.is_broken = false;
    }

    /// Notes that a statement begins, of which the result is not known until [`noted`](Self::noted).
    pub(crate) fn suspect(&mut self) -> bool {
        self.executed.fetch_add(1, Ordering::Relaxed);
        std::mem::replace(&mut self.is_suspect, true)
    }

    /// Notes the result of a statement; `was_suspect` is what [`suspect`](Self::suspect) returned.
    pub(crate) fn noted<T>(
        &mut self,
        was_suspect: bool,
        result: Result<T, DbErr>,
    ) -> Result<T, DbErr> {
        if result.is_ok() {
            self.is_suspect = was_suspect;
        }
        result
    }

    /// An error if PostgreSQL has aborted the transaction: it would answer a COMMIT with a rollback, and with no error.
    pub(super) async fn check(&mut self) -> Result<(), DbErr> {
        let tx = self.tx()?;
        if self.is_suspect && tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared("SELECT 1")
                .await
                .map_err(|error| aborted(&error))?;
            self.is_suspect = false;
        }
        Ok(())
    }

    /// Begins a savepoint, and returns its number.
    pub(crate) async fn begin_savepoint(&mut self) -> Result<u64, DbErr> {
        let number = self.last + 1;
        let was_suspect = self.suspect();
        let begin = format!("SAVEPOINT {}", name(number));
        let result = self.tx()?.execute_unprepared(&begin).await;
        self.noted(was_suspect, result)?;
        self.last = number;
        self.savepoints.push(number);
        Ok(number)
    }

    /// Releases the innermost savepoint.
    pub(crate) async fn release_savepoint(&mut self) -> Result<(), DbErr> {
        if let Some(number) = self.savepoints.pop() {
            self.end_savepoint("RELEASE SAVEPOINT", number).await;
        }
        self.check_whole()
    }

    /// Rolls back the innermost savepoint.
    pub(crate) async fn roll_back_savepoint(&mut self) -> Result<(), DbErr> {
        if let Some(number) = self.savepoints.pop() {
            self.end_savepoint("ROLLBACK TO SAVEPOINT", number).await;
            self.end_savepoint("RELEASE SAVEPOINT", number).await;
        }
        self.check_whole()
    }

    fn check_whole(&self) -> Result<(), DbErr> {
        match self.is_broken {
            true => Err(broken()),
            false => Ok(()),
        }
    }

    async fn end_savepoint(&mut self, statement: &str, number: u64) {
        let statement = format!("{statement} {}", name(number));
        let result = match self.tx() {
            Ok(tx) => tx.execute_unprepared(&statement).await.map(drop),
            Err(error) => Err(error),
        };
        self.is_broken |= result.is_err();
    }
}

/// The name of a savepoint in the database.
fn name(number: u64) -> String {
    format!("events_{number}")
}
