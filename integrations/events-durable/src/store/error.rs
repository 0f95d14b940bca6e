//! The error of the store.

use std::{error::Error, fmt};

/// What went wrong in the database. No text of it contains a payload.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StoreError {
    /// There are no tables.
    SchemaMissing,
    /// The tables were made by an earlier version of this crate.
    SchemaOlder {
        /// The version of the tables.
        found: i32,
        /// The version of this program.
        known: i32,
    },
    /// The tables were made by a later version of this crate.
    SchemaNewer {
        /// The version of the tables.
        found: i32,
        /// The version of this program.
        known: i32,
    },
    /// An event with this id is stored already.
    Duplicate(String),
    /// The database can only be read.
    ReadOnly(String),
    /// There is no space left.
    Full(String),
    /// The database cannot be reached.
    Gone(String),
    /// Another transaction was in the way, and this one is to be run again: a serialization failure, a deadlock, a lock that
    /// was not released in time.
    Serialization(String),
    /// Another error of the database.
    Other(String),
}

impl StoreError {
    /// Whether the same call may succeed later without a change: the database was gone or full, or another transaction was in
    /// the way.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Gone(_) | Self::Full(_) | Self::Serialization(_))
    }

    /// Whether another transaction was in the way: the transaction is to be run again, and the attempt is not counted.
    #[must_use]
    pub fn is_serialization(&self) -> bool {
        matches!(self, Self::Serialization(_))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::Other(error.to_string())
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl Error for StoreError {}
