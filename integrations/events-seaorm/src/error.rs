//! The texts of errors. Those of this crate show nothing of an event; errors of the database and of subscribers are shown as
//! they are, and may.

use std::fmt::Display;

use events_core::units::CommitError;
use sea_orm::DbErr;

/// An error that is not one of the database.
pub(crate) fn custom(text: impl Display) -> DbErr {
    DbErr::Custom(text.to_string())
}

/// A unit of work could not be committed. An error of SeaORM is returned as it is: its caller reads the code of the database.
pub(crate) fn before_commit(error: CommitError) -> DbErr {
    match error {
        CommitError::BeforeCommit(error) => match error.downcast() {
            Ok(error) => *error,
            Err(error) => custom(CommitError::BeforeCommit(error)),
        },
        error => custom(error),
    }
}

/// The transaction of a handle has ended: one around it was rolled back or dropped.
pub(crate) fn ended() -> DbErr {
    custom("the transaction has ended, or was dropped with the one around it; begin another one")
}

/// A savepoint is committed before one in it, or a transaction before its savepoints.
pub(crate) fn open_savepoint() -> DbErr {
    custom(
        "the transaction, or a savepoint, is committed while a savepoint in it is open; commit or roll back that one first",
    )
}

/// PostgreSQL would answer the COMMIT with a rollback, and with no error.
pub(crate) fn aborted(error: &DbErr) -> DbErr {
    custom(format_args!(
        "the transaction is aborted: a statement in it has failed; return that error, or run the statement in a savepoint and \
         roll that back ({error})"
    ))
}

/// A statement that ends a savepoint failed, or a write has no event, since its row cannot be read.
pub(crate) fn broken() -> DbErr {
    custom(
        "the transaction cannot be continued: a savepoint in it could not be ended, or a row that was written could not be read; begin \
         another one",
    )
}
