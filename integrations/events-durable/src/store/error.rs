//! The error of the store.

use std::{error::Error, fmt};

use events_sqlx::TxError;

/// What went wrong in the database. No text of it contains a payload.
///
/// ```
/// use events_durable::StoreError;
///
/// assert!(StoreError::SchemaMissing.to_string().contains("migrate"));
/// ```
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
    /// An event with this id is stored already. Only SQLite checks this.
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

/// The errors of the database that have a remedy of their own.
enum Kind {
    SchemaMissing,
    Duplicate,
    ReadOnly,
    Full,
    Gone,
    Serialization,
    Other,
}

/// The kind of a code of PostgreSQL, which has five characters, or of an extended code of SQLite, a number.
fn kind(code: &str, message: &str) -> Kind {
    match code {
        "42P01" | "42883" => Kind::SchemaMissing,
        "23505" => Kind::Duplicate,
        "25006" => Kind::ReadOnly,
        "53100" => Kind::Full,
        "40001" | "40P01" | "55P03" => Kind::Serialization,
        // Too many connections; the server shuts down or starts.
        "53300" | "57P01" | "57P02" | "57P03" => Kind::Gone,
        _ if code.len() == 5 && code.starts_with("08") => Kind::Gone,
        _ if code.len() == 5 => Kind::Other,
        _ => match code.parse::<i32>().map(|code| (code & 0xff, code)) {
            Ok((1, _)) if message.contains("no such table: ev_") => Kind::SchemaMissing,
            // SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE
            Ok((_, 1555 | 2067)) => Kind::Duplicate,
            // SQLITE_BUSY and SQLITE_LOCKED
            Ok((5 | 6, _)) => Kind::Serialization,
            Ok((8, _)) => Kind::ReadOnly,
            Ok((13, _)) => Kind::Full,
            // SQLITE_IOERR and SQLITE_CANTOPEN
            Ok((10 | 14, _)) => Kind::Gone,
            _ => Kind::Other,
        },
    }
}

impl From<TxError> for StoreError {
    fn from(error: TxError) -> Self {
        match error {
            TxError::Database(error) => error.into(),
            error => Self::Other(error.to_string()),
        }
    }
}

// The text alone is kept: the details of PostgreSQL, which its `Debug` has, contain the values of a row.
impl From<&sqlx::Error> for StoreError {
    fn from(error: &sqlx::Error) -> Self {
        let Some(database) = error.as_database_error() else {
            return match error {
                sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed => Self::Gone(error.to_string()),
                error => Self::Other(error.to_string()),
            };
        };
        let (code, text) = (database.code(), database.message().to_owned());
        match kind(code.as_deref().unwrap_or_default(), &text) {
            Kind::SchemaMissing => Self::SchemaMissing,
            Kind::Duplicate => Self::Duplicate(text),
            Kind::ReadOnly => Self::ReadOnly(text),
            Kind::Full => Self::Full(text),
            // SQLITE_CANTOPEN
            Kind::Gone if code.as_deref() == Some("14") => Self::Gone(format!(
                "{text} (SQLite makes a file that is not there if its URL ends in `?mode=rwc`, and never its folder)"
            )),
            Kind::Gone => Self::Gone(text),
            Kind::Serialization => Self::Serialization(text),
            Kind::Other => Self::Other(text),
        }
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        Self::from(&error)
    }
}

/// The error of sqlx in one of SeaORM, which has it as no source.
#[cfg(feature = "seaorm")]
pub(crate) fn of_sqlx(error: &sea_orm::DbErr) -> Option<&sqlx::Error> {
    use sea_orm::{DbErr, RuntimeErr};
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}

#[cfg(feature = "seaorm")]
impl From<sea_orm::DbErr> for StoreError {
    fn from(error: sea_orm::DbErr) -> Self {
        match of_sqlx(&error) {
            Some(error) => error.into(),
            None if matches!(error, sea_orm::DbErr::ConnectionAcquire(_)) => {
                Self::Gone(error.to_string())
            }
            None => Self::Other(error.to_string()),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SchemaMissing => f.write_str(
                "the tables of durable delivery are missing in this database; call `migrate()`, which makes them; if a store has them in \
                 another database, make this connection, or transaction, one of the pool of that store",
            ),
            Self::SchemaOlder { found, known } => write!(
                f,
                "the tables of durable delivery have version {found}, and this program has version {known}; call `migrate()`, \
                 which brings them to it",
            ),
            Self::SchemaNewer { found, known } => write!(
                f,
                "the tables of durable delivery have version {found}, and this program has version {known}; build the program \
                 with a later version of events-durable",
            ),
            Self::Duplicate(text) => write!(
                f,
                "an event with this id is stored already: {text}; store each event once, or give it another id",
            ),
            Self::ReadOnly(text) => write!(
                f,
                "the database can only be read: {text}; connect to one that can be written",
            ),
            Self::Full(text) => write!(
                f,
                "the database has no space left: {text}; free some, for example with a purge of old events",
            ),
            Self::Gone(text) => write!(
                f,
                "the database cannot be reached: {text}; try again when it can be reached",
            ),
            Self::Serialization(text) => write!(
                f,
                "another transaction was in the way: {text}; run the transaction again",
            ),
            Self::Other(text) => write!(f, "the database failed: {text}"),
        }
    }
}

impl Error for StoreError {}
