//! The transaction of a unit of work, for code that has only the unit.

use std::{
    fmt,
    future::Future,
    sync::{Arc, Weak},
};

use events_core::{
    failures::BoxError,
    units::{UnitEnded, UnitHandle},
};
use sea_orm::DbBackend;

use super::{
    connection::{Connection, Level},
    tx::Tx,
};

/// The transaction of a unit of work, for code that has only the unit: a store of events adds its statements to the transaction
/// of whatever emits.
///
/// ```
/// use events_core::units::current_unit;
/// use events_seaorm::{Db, UnitTx};
/// use sea_orm::{ConnectionTrait, Database, DbErr, TransactionTrait};
///
/// /// Counts the transaction that this thread is in, if it is in one.
/// fn count() {
///     let tx = current_unit().and_then(|unit| UnitTx::of(&unit));
///     let Some(tx) = tx else { return };
///     let added = tx.before_commit(|tx| async move {
///         tx.execute_unprepared("UPDATE transactions SET number = number + 1").await?;
///         Ok(())
///     });
///     assert!(added.is_ok());
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), DbErr> {
/// let db = Db::new(Database::connect("sqlite::memory:").await?);
/// db.execute_unprepared("CREATE TABLE transactions (number INTEGER)").await?;
/// let tx = db.begin().await?;
/// {
///     let _in_unit = tx.handle().enter();
///     count();
/// }
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
pub struct UnitTx(Arc<Connection>);

/// What is attached to the unit, which must not own what has its handle.
struct Attached(Weak<Connection>);

/// Attaches a connection to its unit.
pub(super) fn attach(connection: &Arc<Connection>) {
    let attached = Attached(Arc::downgrade(connection));
    connection.unit.attach(Arc::new(attached));
}

impl UnitTx {
    /// That of this unit; `None` if the unit is not that of a [`Tx`].
    #[must_use]
    pub fn of(unit: &UnitHandle) -> Option<Self> {
        let attached = unit.attached::<Attached>()?;
        attached.0.upgrade().map(Self)
    }

    /// The database of the transaction.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.0.backend
    }

    /// Awaits the function directly before the COMMIT, with the transaction: for its last statements. With an error or a panic of
    /// it, the transaction is rolled back. The functions are called in order. In a savepoint that is rolled back, it is dropped.
    ///
    /// # Errors
    ///
    /// If the unit has ended.
    pub fn before_commit<R>(
        &self,
        f: impl FnOnce(Tx) -> R + Send + 'static,
    ) -> Result<(), UnitEnded>
    where
        R: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let connection = Arc::clone(&self.0);
        let unit = &self.0.unit;
        unit.before_commit_async(move |_| f(Tx::of(connection, Level::Transaction)))
    }
}

impl fmt::Debug for UnitTx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitTx").finish_non_exhaustive()
    }
}
