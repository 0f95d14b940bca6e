//! Why the command did not do what it was called for.

use std::{error::Error, fmt, io};

use crate::{facade::DurableError, store::StoreError};

/// Why the command did not do what it was called for.
///
/// ```
/// use events_durable::command::CommandError;
///
/// /// The status of the process.
/// fn status(error: &CommandError) -> u8 {
///     match error {
///         CommandError::Usage(_) => 2,
///         _ => 1,
///     }
/// }
/// # assert_eq!(status(&CommandError::Usage(String::new())), 2);
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum CommandError {
    /// The arguments are wrong. The text has several lines: what is wrong, and the usage.
    Usage(String),
    /// The question was not answered with yes: nothing is changed.
    NotConfirmed,
    /// An error of the store: of the database, or an id that it does not have.
    Store(DurableError),
    /// Nothing could be read from the terminal, or written to it.
    Terminal(io::Error),
}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Usage(text) => f.write_str(text.trim_end()),
            Self::NotConfirmed => {
                f.write_str("not confirmed, so that nothing is changed; confirm with `y`, or in advance with --yes")
            }
            Self::Store(error) => error.fmt(f),
            Self::Terminal(error) => write!(f, "the terminal: {error}"),
        }
    }
}

impl Error for CommandError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Store(error) => error.source(),
            Self::Terminal(error) => Some(error),
            _ => None,
        }
    }
}

impl From<DurableError> for CommandError {
    fn from(error: DurableError) -> Self {
        Self::Store(error)
    }
}

impl From<StoreError> for CommandError {
    fn from(error: StoreError) -> Self {
        Self::Store(error.into())
    }
}

impl From<io::Error> for CommandError {
    fn from(error: io::Error) -> Self {
        Self::Terminal(error)
    }
}
