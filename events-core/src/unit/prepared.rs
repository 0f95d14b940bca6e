//! A unit of work that is ready for its commit.

use std::fmt;

use super::{
    ending::{commit, roll_back, roll_back_dropped},
    handle::UnitHandle,
};

/// A [unit of work](crate::UnitOfWork) that is ready for its commit: the functions before the commit have run, and no
/// savepoint is open. An integration commits the transaction of its database now, and then this.
///
/// Dropped, it is rolled back. What is emitted in the unit meanwhile is held as before; a savepoint, or another function before
/// the commit, is an error as after the end.
///
/// ```
/// use events_core::{UnitOfWork, units::CommitError};
/// # struct Connection;
/// # impl Connection { fn execute(&self, _: &str) -> Result<(), CommitError> { Ok(()) } }
///
/// /// What an integration does: no event is emitted before the database has committed, and each one after it.
/// fn commit(work: UnitOfWork, connection: &Connection) -> Result<(), CommitError> {
///     let prepared = work.prepare()?;
///     connection.execute("COMMIT")?; // with an error, and in a panic, the unit is rolled back
///     prepared.commit();
///     Ok(())
/// }
/// # commit(UnitOfWork::begin(), &Connection).unwrap();
/// ```
#[must_use = "a unit of work that is dropped is rolled back"]
pub struct Prepared(UnitHandle);

impl Prepared {
    pub(super) fn new(unit: UnitHandle) -> Self {
        Self(unit)
    }

    /// The handle of the unit.
    #[must_use]
    pub fn handle(&self) -> UnitHandle {
        self.0.clone()
    }

    /// Commits the unit, and emits what it holds, on this thread. There is no `await` in between: either all is emitted, or
    /// nothing.
    ///
    /// The failure of a subscriber is logged, and does not affect others.
    pub fn commit(self) {
        commit(&self.0);
    }

    /// Rolls the unit back: the transaction was not committed.
    pub fn rollback(self) {
        roll_back(&self.0);
    }
}

impl Drop for Prepared {
    fn drop(&mut self) {
        roll_back_dropped(&self.0); // does nothing after the end
    }
}

impl fmt::Debug for Prepared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Prepared").field(&self.0).finish()
    }
}
