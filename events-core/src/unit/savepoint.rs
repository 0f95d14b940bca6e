//! A savepoint in a unit of work.

use std::{error::Error, fmt};

use super::{ending::roll_back_to, error::UnitEnded, handle::UnitHandle};

/// A savepoint in a [unit of work](crate::UnitOfWork): dropped, it is rolled back, and takes along what was emitted since it
/// was opened, and no more.
///
/// ```
/// use events_core::{Event, Registry, UnitOfWork};
///
/// #[derive(Event, Clone)]
/// struct Imported(&'static str);
///
/// let registry = Registry::new();
/// let (names, imported) = std::sync::mpsc::channel();
/// registry.subscribe(move |row: &Imported| names.send(row.0)).after_commit().register()?.detach();
///
/// let work = UnitOfWork::begin();
/// for (name, is_valid) in [("ada", true), ("", false), ("bob", true)] {
///     let point = work.savepoint();
///     registry.emit_in(&work.handle(), Imported(name));
///     if is_valid {
///         point.release()?;
///     } // else it is dropped
/// }
/// work.commit()?;
/// assert_eq!(imported.try_iter().collect::<Vec<_>>(), ["ada", "bob"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a savepoint that is dropped is rolled back"]
pub struct Savepoint {
    unit: UnitHandle,
    number: u64,
}

impl Savepoint {
    pub(super) fn open(unit: &UnitHandle) -> Result<Self, UnitEnded> {
        let number = unit.0.open_level()?;
        let unit = unit.clone();
        Ok(Self { unit, number })
    }

    /// The handle of the unit. What is emitted with it belongs to the innermost savepoint that is open.
    #[must_use]
    pub fn handle(&self) -> UnitHandle {
        self.unit.clone()
    }

    /// Whether the savepoint has not ended with one around it, or with the unit.
    ///
    /// ```
    /// use events_core::UnitOfWork;
    ///
    /// let work = UnitOfWork::begin();
    /// let (outer, inner) = (work.savepoint(), work.savepoint());
    /// assert!(inner.is_open());
    /// outer.rollback();
    /// assert!(!inner.is_open());
    /// ```
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.unit.0.has_level(self.number)
    }

    /// Ends the savepoint: what was emitted since it was opened belongs to the savepoint around it, or to the unit.
    ///
    /// # Errors
    ///
    /// When a savepoint in this one is open; this one is in the error, and is rolled back if the error is dropped: take it
    /// out with [`into_savepoint`](ReleaseError::into_savepoint) to release it later. When this one is gone, since one
    /// around it or the unit has ended.
    pub fn release(self) -> Result<(), ReleaseError> {
        if self.unit.0.release(self.number) {
            return Ok(());
        }
        let is_open = self.unit.0.has_level(self.number);
        Err(ReleaseError {
            savepoint: is_open.then_some(self),
        })
    }

    /// Rolls the savepoint back, with those in it: what was emitted since it was opened did not happen, and only
    /// subscribers that are `after_rollback` receive it, now. If it is gone, this does nothing.
    pub fn rollback(self) {
        drop(self);
    }
}

impl Drop for Savepoint {
    fn drop(&mut self) {
        roll_back_to(&self.unit, self.number);
    }
}

impl fmt::Debug for Savepoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Savepoint")
            .field("is_open", &self.is_open())
            .finish_non_exhaustive()
    }
}

impl UnitHandle {
    /// Opens a savepoint; see [`UnitOfWork::savepoint`](crate::UnitOfWork::savepoint).
    ///
    /// # Errors
    ///
    /// When the unit has ended.
    pub fn savepoint(&self) -> Result<Savepoint, UnitEnded> {
        Savepoint::open(self)
    }
}

/// A savepoint that was not released. `Display` names the remedy.
///
/// ```
/// use events_core::UnitOfWork;
///
/// let work = UnitOfWork::begin();
/// let outer = work.savepoint();
/// let inner = work.savepoint();
///
/// let error = outer.release().unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "a savepoint is released while another one in it is open; release or roll back that one first",
/// );
/// inner.release()?;
/// error.into_savepoint().expect("it is still open").release()?;
/// # Ok::<(), events_core::units::ReleaseError>(())
/// ```
pub struct ReleaseError {
    /// `None` if the savepoint is gone.
    savepoint: Option<Savepoint>,
}

impl ReleaseError {
    /// The savepoint, which is still open; `None` if it was rolled back with one around it or with the unit, or if the unit
    /// was committed.
    #[must_use]
    pub fn into_savepoint(self) -> Option<Savepoint> {
        self.savepoint
    }
}

impl fmt::Display for ReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.savepoint {
            Some(_) => {
                "a savepoint is released while another one in it is open; release or roll back that one first"
            }
            None => "a savepoint is released after the savepoint around it or the unit of work has ended; release it first",
        })
    }
}

impl fmt::Debug for ReleaseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReleaseError")
            .field("is_open", &self.savepoint.is_some())
            .finish()
    }
}

impl Error for ReleaseError {}
