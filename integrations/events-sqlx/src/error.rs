//! Why a transaction was not committed, and why a write is not to happen. The texts of this crate show nothing of an event but the
//! reason of a veto; errors of the database, of functions and of subscribers are shown as they are, and may show more.

use std::{error::Error, fmt};

use events_core::{
    failures::{BoxError, FailedCheck},
    units::{CommitError, EmitInError, ReleaseError, UnitEnded},
};
use sqlx::error::DatabaseError;

/// The error of a [`Tx`](crate::Tx). `Display` names the remedy.
///
/// The errors of sqlx, of [`emit`](crate::Tx::emit) and of vetoes convert into it, so `?` works in a function that returns it.
///
/// ```
/// use events_sqlx::{Tx, TxError};
/// use sqlx::{Sqlite, SqlitePool};
///
/// async fn transfer(pool: &SqlitePool) -> Result<(), TxError> {
///     let mut tx = Tx::begin(pool).await?;
///     sqlx::query("UPDATE account SET cents = cents - 100").execute(tx.conn()).await?;
///     match tx.commit().await {
///         Err(TxError::Database(error)) => println!("the database refused the transfer: {error}"),
///         other => other?,
///     }
///     Ok(())
/// }
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum TxError {
    /// The database returned an error. After a commit that returns it, the transaction is rolled back; if the connection was
    /// lost, the database may have committed it, and no event was emitted.
    Database(sqlx::Error),
    /// A function before the commit failed.
    Commit(CommitError),
    /// An event was not emitted, or subscribers failed: an [`EmitInError`] of its event type. `Display` shows it, so there is
    /// no [`source`](Error::source).
    ///
    /// The error of a subscriber in its own type:
    ///
    /// ```
    /// use events_core::{Event, units::EmitInError};
    /// use events_sqlx::TxError;
    ///
    /// #[derive(Event, Clone)]
    /// struct OrderPlaced {
    ///     number: u32,
    /// }
    ///
    /// fn of_subscriber(error: &TxError) -> Option<&sqlx::Error> {
    ///     let TxError::Emit(error) = error else { return None };
    ///     let error = error.downcast_ref::<EmitInError<OrderPlaced>>()?;
    ///     error.failures().first()?.error()?.downcast_ref()
    /// }
    /// ```
    Emit(BoxError),
    /// A subscriber vetoed a write, or failed before it: see [`veto_reason`](Self::veto_reason) and
    /// [`failed_check`](Self::failed_check).
    Vetoed(Vetoed),
    /// A statement had failed before, and its error was ignored: PostgreSQL refuses all others until a rollback.
    Aborted,
    /// A statement on the connection has ended the transaction, as `COMMIT` does, or with SQLite `INSERT OR ROLLBACK` that
    /// fails; or a transaction of sqlx was left open on the connection. What that has committed is not taken back.
    Ended,
    /// A savepoint could not be opened or ended, or the future of that was dropped, so it is not known what it contains.
    Interrupted,
    /// A savepoint in the transaction, or in the savepoint that is committed, was neither committed nor rolled back.
    OpenSavepoint,
    /// A subscriber ends the transaction of its emitter.
    NotOwner,
}

impl TxError {
    /// Why a subscriber vetoed the write, if the error is a veto: see [`Vetoed::veto_reason`].
    ///
    /// ```
    /// use events_sqlx::TxError;
    ///
    /// fn answer(error: &TxError) -> (u16, String) {
    ///     if let Some(reason) = error.veto_reason() {
    ///         return (422, reason.to_owned());
    ///     }
    ///     if error.failed_check().is_some() {
    ///         return (503, "try again later".to_owned());
    ///     }
    ///     (500, String::new())
    /// }
    /// # assert_eq!(answer(&TxError::Aborted).0, 500);
    /// ```
    #[must_use]
    pub fn veto_reason(&self) -> Option<&str> {
        match self {
            Self::Vetoed(vetoed) => vetoed.veto_reason(),
            _ => None,
        }
    }

    /// The subscriber that refused the write because it failed: see [`Vetoed::failed_check`].
    #[must_use]
    pub fn failed_check(&self) -> Option<&FailedCheck> {
        match self {
            Self::Vetoed(vetoed) => vetoed.failed_check(),
            _ => None,
        }
    }
}

impl fmt::Display for TxError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Database(error) => {
                error.fmt(f)?;
                f.write_str(remedy(error))
            }
            Self::Commit(error) => error.fmt(f),
            Self::Emit(error) => error.fmt(f),
            Self::Vetoed(vetoed) => vetoed.fmt(f),
            Self::Aborted => f.write_str(
                "the transaction is aborted: a statement in it has failed; return that error, or run the statement in a \
                 savepoint and roll that back",
            ),
            Self::Ended => f.write_str(
                "a statement on the connection has ended the transaction, or has left another one open in it; end it with \
                 `commit` and `rollback` of the `Tx` alone, and return the error of a statement with OR ROLLBACK",
            ),
            Self::Interrupted => f.write_str(
                "the transaction cannot be committed: a savepoint of it was cut off or refused; begin another one",
            ),
            Self::OpenSavepoint => f.write_str(
                "the transaction, or a savepoint, is committed while a savepoint in it is open; commit or roll back that one first",
            ),
            Self::NotOwner => f.write_str(
                "a subscriber cannot end the transaction of its emitter; open a savepoint in it, or return an error",
            ),
        }
    }
}

/// The remedy of an error of the database, if its own text names none and it is the same for all programs.
fn remedy(error: &sqlx::Error) -> &'static str {
    let code = error.as_database_error().and_then(DatabaseError::code);
    match code.as_deref() {
        // `read_only_sql_transaction` of PostgreSQL
        Some("25006") => READ_ONLY,
        // SQLITE_READONLY, whose extended codes have it in their lowest byte
        Some(code) if code.len() < 5 && code.parse::<u32>().is_ok_and(|code| code & 0xff == 8) => {
            READ_ONLY
        }
        _ => "",
    }
}

const READ_ONLY: &str = "; the database can only be read: connect to one that can be written";

impl Error for TxError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Database(error) => error.source(),
            _ => None,
        }
    }
}

impl From<sqlx::Error> for TxError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error)
    }
}

impl From<CommitError> for TxError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::OpenSavepoint => Self::OpenSavepoint,
            error => Self::Commit(error),
        }
    }
}

impl From<Vetoed> for TxError {
    fn from(vetoed: Vetoed) -> Self {
        Self::Vetoed(vetoed)
    }
}

impl<E: Send + Sync + 'static> From<EmitInError<E>> for TxError {
    fn from(error: EmitInError<E>) -> Self {
        Self::Emit(Box::new(error))
    }
}

/// The unit of a `Tx` is open as long as the `Tx`, but for the time in which it is committed.
impl From<UnitEnded> for TxError {
    fn from(_: UnitEnded) -> Self {
        Self::Interrupted
    }
}

impl From<ReleaseError> for TxError {
    fn from(_: ReleaseError) -> Self {
        Self::OpenSavepoint
    }
}

/// A subscriber vetoed a write, or failed before it; returned by [`Tx::creating`](crate::Tx::creating),
/// [`updating`](crate::Tx::updating) and [`deleting`](crate::Tx::deleting).
///
/// `Display` shows the first reason. Of a subscriber that failed it contains the name, and not the text of its error.
///
/// ```
/// use events_core::{Registry, record::Creating};
/// use events_sqlx::{Tx, Vetoed};
/// # use sqlx::SqlitePool;
///
/// struct User {
///     email: String,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let pool = SqlitePool::connect("sqlite::memory:").await?;
/// let registry = Registry::new();
/// registry
///     .on(|event: &mut Creating<User>| {
///         if !event.record.email.contains('@') {
///             event.veto("an e-mail address has an @");
///         }
///     })
///     .detach();
///
/// let mut tx = Tx::begin(&pool).await?.with_registry(&registry);
/// let result: Result<User, Vetoed> = tx.creating(User { email: "ada".into() }).await;
/// let vetoed = result.err().expect("it is vetoed");
/// assert_eq!(vetoed.veto_reason(), Some("an e-mail address has an @"));
/// assert!(vetoed.failed_check().is_none()); // it was called, and has not failed
/// assert_eq!(vetoed.to_string(), "the write was vetoed: an e-mail address has an @");
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Vetoed {
    /// Those of vetoes, then one for each of `failed`.
    reasons: Vec<String>,
    failed: Vec<FailedCheck>,
}

impl Vetoed {
    /// The reasons of an event, if it was vetoed.
    pub(crate) fn check(reasons: &[String], failed: &[FailedCheck]) -> Result<(), Self> {
        if reasons.is_empty() {
            return Ok(());
        }
        Err(Self {
            reasons: reasons.to_vec(),
            failed: failed.to_vec(),
        })
    }

    /// The reason of the first veto. `None` if no subscriber vetoed the write, and one [failed](Self::failed_check).
    #[must_use]
    pub fn veto_reason(&self) -> Option<&str> {
        let vetoes = self.reasons.len() - self.failed.len();
        self.reasons[..vetoes].first().map(String::as_str)
    }

    /// The subscriber that refused the write because it failed: it returned an error, panicked, timed out, or was not called. `None` if a
    /// subscriber vetoed the write.
    #[must_use]
    pub fn failed_check(&self) -> Option<&FailedCheck> {
        match self.veto_reason() {
            Some(_) => None,
            None => self.failed.first(),
        }
    }

    /// The texts of all: first the reasons of vetoes, then the failures of subscribers.
    #[must_use]
    pub fn reasons(&self) -> &[String] {
        &self.reasons
    }
}

impl fmt::Display for Vetoed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.veto_reason(), self.failed_check()) {
            (Some(reason), _) => write!(f, "the write was vetoed: {reason}"),
            (None, Some(failed)) => write!(f, "the write was refused: {failed}"),
            (None, None) => f.write_str("the write was vetoed"), // not without a reason
        }
    }
}

impl Error for Vetoed {}
