//! The unit of work.

use std::{fmt, future::Future, sync::Arc};

use super::{
    ending::{roll_back, roll_back_dropped},
    error::CommitError,
    handle::UnitHandle,
    ledger::Ledger,
    prepared::Prepared,
    savepoint::Savepoint,
    with_unit::WithUnit,
};
use crate::result::BoxError;

#[doc = include_str!("../../docs/unit_of_work.md")]
#[must_use = "a unit of work that is dropped is rolled back"]
pub struct UnitOfWork {
    /// `None` once it is prepared.
    unit: Option<UnitHandle>,
}

impl UnitOfWork {
    /// Begins a unit of work.
    pub fn begin() -> Self {
        Self {
            unit: Some(UnitHandle(Arc::new(Ledger::new()))),
        }
    }

    fn unit(&self) -> &UnitHandle {
        match &self.unit {
            Some(unit) => unit,
            None => unreachable!("it is prepared by value"),
        }
    }

    /// A handle, with which events are emitted in this unit.
    #[must_use]
    pub fn handle(&self) -> UnitHandle {
        self.unit().clone()
    }

    /// Opens a savepoint: dropped, it is rolled back, with what was emitted since. Savepoints nest: one that is opened while
    /// another is open is in that one.
    pub fn savepoint(&self) -> Savepoint {
        match Savepoint::open(self.unit()) {
            Ok(savepoint) => savepoint,
            Err(_) => unreachable!("only what owns the unit ends it"),
        }
    }

    /// Calls the function before the commit. With an error or a panic the unit is rolled back, and so is the transaction of an
    /// integration.
    ///
    /// The functions are called in order, in the unit, as if it were [entered](UnitHandle::enter): what one emits is emitted in
    /// the unit. One may add further ones. That of a savepoint that is rolled back is not called.
    ///
    /// ```
    /// use events_core::UnitOfWork;
    ///
    /// let work = UnitOfWork::begin();
    /// work.before_commit(|_| Err("the ledger does not balance".into()));
    /// assert!(work.commit().is_err());
    /// ```
    pub fn before_commit(
        &self,
        f: impl FnOnce(&UnitHandle) -> Result<(), BoxError> + Send + 'static,
    ) {
        let added = self.unit().before_commit(f);
        debug_assert!(added.is_ok(), "only what owns the unit ends it");
    }

    /// As [`before_commit`](Self::before_commit), for a function that is async. Then [`prepare_async`](Self::prepare_async)
    /// commits the unit.
    pub fn before_commit_async<R>(&self, f: impl FnOnce(UnitHandle) -> R + Send + 'static)
    where
        R: Future<Output = Result<(), BoxError>> + Send + 'static,
    {
        let added = self.unit().before_commit_async(f);
        debug_assert!(added.is_ok(), "only what owns the unit ends it");
    }

    /// Calls the function after the commit, among the events in their order. It is not called if the unit is rolled back, or
    /// the savepoint in which this is called. Its panic is logged.
    ///
    /// ```
    /// use events_core::UnitOfWork;
    ///
    /// let work = UnitOfWork::begin();
    /// work.after_commit(|| println!("the cache is stale"));
    /// work.commit()?;
    /// # Ok::<(), events_core::units::CommitError>(())
    /// ```
    pub fn after_commit(&self, f: impl FnOnce() + Send + 'static) {
        let added = self.unit().after_commit(f);
        debug_assert!(added.is_ok(), "only what owns the unit ends it");
    }

    /// Commits the unit, and emits what it holds, on this thread, in the order of the emits. It does not wait for
    /// subscribers that are async or deferred: these are put into the queue.
    ///
    /// The failure of a subscriber is logged, and does not affect others.
    ///
    /// # Errors
    ///
    /// When a savepoint is open, and when a function before the commit fails. The unit is rolled back.
    pub fn commit(self) -> Result<(), CommitError> {
        self.prepare()?.commit();
        Ok(())
    }

    /// Prepares the commit: calls the functions before the commit. An integration commits its transaction behind this, and
    /// then the unit.
    ///
    /// # Errors
    ///
    /// As [`commit`](Self::commit).
    pub fn prepare(mut self) -> Result<Prepared, CommitError> {
        let unit = self.unit().clone();
        let run = || -> Result<(), CommitError> {
            while let Some(step) = unit.0.next_before_commit()? {
                let _in_unit = unit.enter();
                step.call()?;
            }
            Ok(())
        };
        if let Err(error) = run() {
            self.rollback();
            return Err(error);
        }
        self.unit = None;
        Ok(Prepared::new(unit))
    }

    /// [`prepare`](Self::prepare), which also awaits the functions that are async. A future that is dropped before it is
    /// ready rolls the unit back.
    ///
    /// # Errors
    ///
    /// As [`commit`](Self::commit).
    pub async fn prepare_async(mut self) -> Result<Prepared, CommitError> {
        let unit = self.unit().clone();
        let run = async {
            while let Some(step) = unit.0.next_before_commit()? {
                step.call_async().with_unit(unit.clone()).await?;
            }
            Ok::<(), CommitError>(())
        };
        if let Err(error) = run.await {
            self.rollback();
            return Err(error);
        }
        self.unit = None;
        Ok(Prepared::new(unit))
    }

    /// Rolls the unit back: what was emitted in it did not happen, and only subscribers that are `after_rollback` receive it,
    /// now. A unit that is dropped is rolled back as well; that is logged at `debug` if it holds events.
    pub fn rollback(self) {
        roll_back(self.unit());
    }
}

impl Drop for UnitOfWork {
    fn drop(&mut self) {
        if let Some(unit) = self.unit.take() {
            roll_back_dropped(&unit); // does nothing after a rollback
        }
    }
}

impl fmt::Debug for UnitOfWork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("UnitOfWork").field(self.unit()).finish()
    }
}
