//! The error of the store.

use std::{error::Error, fmt};

use events_core::failures::BoxError;
use events_sqlx::TxError;

use crate::store::StoreError;

/// Why an event was not stored, subscribers not registered, or a call of the store not completed. `Display` names the remedy;
/// it shows nothing of a payload.
///
/// ```
/// use events_durable::DurableError;
///
/// fn is_worth_another_try(error: &DurableError) -> bool {
///     matches!(error, DurableError::Store(error) if error.is_transient())
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum DurableError {
    /// The database.
    Store(StoreError),
    /// An event cannot be written: its key is empty or too long, or `Serialize` or the codec has failed.
    Encode(BoxError),
    /// The subscribers and event types of the program do not fit together; a text for each problem.
    Program(Vec<String>),
    /// The database has no subscriber with this id and no pause of it, and the program has not registered it.
    UnknownSubscriber {
        /// The id.
        subscriber: String,
        /// Those that the database has.
        known: Vec<String>,
    },
    /// The transaction.
    Tx(TxError),
}

impl fmt::Display for DurableError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(error) => error.fmt(f),
            Self::Encode(error) => write!(f, "the event was not stored: {error}"),
            Self::Program(problems) => f.write_str(&problems.join("; ")),
            Self::UnknownSubscriber { subscriber, known } if known.is_empty() => write!(
                f,
                "the database has no subscriber `{subscriber}`, and no other one; start the program that has it once"
            ),
            Self::UnknownSubscriber { subscriber, known } => write!(
                f,
                "the database has no subscriber `{subscriber}`; write one that it has: {}",
                known.join(", ")
            ),
            Self::Tx(error) => error.fmt(f),
        }
    }
}

impl Error for DurableError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Tx(error) => error.source(),
            Self::Store(_)
            | Self::Encode(_)
            | Self::Program(_)
            | Self::UnknownSubscriber { .. } => None,
        }
    }
}

impl From<StoreError> for DurableError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<sqlx::Error> for DurableError {
    fn from(error: sqlx::Error) -> Self {
        Self::Store(error.into())
    }
}

impl From<TxError> for DurableError {
    fn from(error: TxError) -> Self {
        Self::Tx(error)
    }
}
