//! What is wrong with the use of a unit of work. No text shows anything of what the unit holds.

use std::{error::Error, fmt};

use crate::result::{BoxError, Panic, error_text};

/// A unit of work has ended, so nothing is emitted in it any more; or the savepoint of an emit was rolled back before its
/// subscribers that run at once had ended. `Display` names the remedy.
///
/// ```
/// use events_core::{UnitOfWork, units::UnitEnded};
///
/// let work = UnitOfWork::begin();
/// let handle = work.handle();
/// work.rollback();
///
/// let ended: UnitEnded = handle.after_commit(|| println!("saved")).unwrap_err();
/// assert!(!ended.is_committed());
/// assert_eq!(ended.to_string(), "the unit of work was rolled back; begin another one");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitEnded(pub(super) Ended);

/// What has ended, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Committed,
    RolledBack,
    /// The savepoint of an emit; its unit is open.
    Savepoint,
}

impl UnitEnded {
    /// Whether the unit was committed; else it, or the savepoint, was rolled back.
    #[must_use]
    pub fn is_committed(&self) -> bool {
        self.0 == Ended::Committed
    }
}

impl fmt::Display for UnitEnded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Ended::Committed => {
                "the unit of work is committed; emit before its commit, or begin another one"
            }
            Ended::RolledBack => "the unit of work was rolled back; begin another one",
            Ended::Savepoint => {
                "the savepoint of the emit was rolled back, and the unit of work is open; emit again"
            }
        })
    }
}

impl Error for UnitEnded {}

/// Why a unit of work was rolled back in place of a commit. `Display` names the remedy.
///
/// ```
/// use events_core::{UnitOfWork, units::CommitError};
///
/// let work = UnitOfWork::begin();
/// let _point = work.savepoint();
/// assert!(matches!(work.commit(), Err(CommitError::OpenSavepoint)));
///
/// let work = UnitOfWork::begin();
/// work.before_commit(|_| Err("the outbox cannot be written".into()));
/// let error = work.commit().unwrap_err();
/// assert_eq!(error.to_string(), "a function before the commit returned an error: the outbox cannot be written");
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum CommitError {
    /// A savepoint was neither released nor rolled back.
    OpenSavepoint,
    /// A function that [`before_commit`](crate::UnitOfWork::before_commit) was given returned this error. `Display` shows it
    /// with its sources, so there is no [`source`](Error::source).
    BeforeCommit(BoxError),
    /// Such a function panicked.
    Panicked(Panic),
    /// Such a function is async, and the commit is not.
    NotAwaited,
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OpenSavepoint => f.write_str(
                "a savepoint of the unit of work is open at its commit; release it or roll it back first",
            ),
            Self::BeforeCommit(error) => {
                let error = error_text(&**error);
                write!(f, "a function before the commit returned an error: {error}")
            }
            Self::Panicked(panic) => write!(f, "a function before the commit failed: {panic}"),
            Self::NotAwaited => f.write_str(
                "a function before the commit is async; use `prepare_async` in place of `prepare` and `commit`",
            ),
        }
    }
}

impl Error for CommitError {} // its text has the error of the function, with the sources of that
