//! The transaction of a unit of work, for code that has only the unit.

use std::fmt;

use events_core::{
    registry,
    units::{UnitEnded, UnitHandle},
};

use crate::{
    backend::Backend,
    emit::BeforeCommit,
    lender::{Lender, WeakLender},
    tx::Tx,
};

/// The transaction of a unit of work, for code that has only the unit: a store of events adds its statements to the
/// transaction of whatever emits.
///
/// ```
/// use events_core::units::current_unit;
/// use events_sqlx::{Tx, UnitTx};
/// use sqlx::Sqlite;
///
/// /// Counts the transaction that this thread is in, if it is in one.
/// fn count() {
///     let tx = current_unit().and_then(|unit| UnitTx::<Sqlite>::of(&unit));
///     let Some(tx) = tx else { return };
///     let added = tx.before_commit(|mut tx| {
///         Box::pin(async move {
///             sqlx::query("UPDATE transactions SET number = number + 1").execute(tx.conn()).await?;
///             Ok(())
///         })
///     });
///     assert!(added.is_ok());
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let pool = sqlx::SqlitePool::connect("sqlite::memory:").await?;
/// # sqlx::query("CREATE TABLE transactions (number INTEGER)").execute(&pool).await?;
/// let tx = Tx::begin(&pool).await?;
/// {
///     let _in_unit = tx.handle().enter();
///     count();
/// }
/// tx.commit().await?;
/// # Ok(())
/// # }
/// ```
pub struct UnitTx<DB: Backend>(Lender<DB>);

impl<DB: Backend> UnitTx<DB> {
    /// That of this unit; `None` if the unit is not that of a `Tx` of this database.
    #[must_use]
    pub fn of(unit: &UnitHandle) -> Option<Self> {
        let lender = unit.attached::<WeakLender<DB>>()?.upgrade()?;
        Some(Self(lender))
    }

    /// Awaits the function directly before the COMMIT, as [`Tx::before_commit`]; in a savepoint that is rolled back, it is
    /// dropped.
    ///
    /// # Errors
    ///
    /// If the unit has ended.
    pub fn before_commit<F>(&self, f: F) -> Result<(), UnitEnded>
    where
        F: for<'t> FnOnce(Tx<'t, DB>) -> BeforeCommit<'t> + Send + 'static,
    {
        self.0.before_commit(registry(), f)
    }
}

impl<DB: Backend> fmt::Debug for UnitTx<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("UnitTx").finish_non_exhaustive()
    }
}
