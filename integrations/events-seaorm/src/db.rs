//! A pool of connections.

use events_core::Registry;
use sea_orm::{AccessMode, DatabaseConnection, DbErr, TransactionTrait};

use crate::transaction::Tx;

/// A pool of connections of SeaORM, whose transactions are [`Tx`]: wrap it where it is made, and pass it on.
///
/// It is cheap to clone. Statements that are executed on it directly are in no transaction: each commits by itself.
///
/// ```
/// use events_seaorm::Db;
/// use sea_orm::{ConnectionTrait, Database, DbErr, TransactionTrait};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), DbErr> {
/// let db = Db::new(Database::connect("sqlite::memory:").await?);
/// db.execute_unprepared("CREATE TABLE account (cents INTEGER)").await?;
///
/// let tx = db.begin().await?;
/// tx.execute_unprepared("INSERT INTO account VALUES (100)").await?;
/// tx.after_commit(|| println!("the account is open"));
/// tx.commit().await?; // the account is open
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Db {
    connection: DatabaseConnection,
    /// `None`: the current one at each emit.
    registry: Option<Registry>,
    is_quiet: bool,
}

impl Db {
    /// Wraps a pool. Its transactions emit to the registry that is the current one at the emit.
    #[must_use]
    pub fn new(connection: DatabaseConnection) -> Self {
        Self {
            connection,
            registry: None,
            is_quiet: false,
        }
    }

    /// Emits to this registry, in place of the current one.
    #[must_use]
    pub fn with_registry(mut self, registry: &Registry) -> Self {
        self.registry = Some(registry.clone());
        self
    }

    /// The pool that this wraps, whose transactions have no unit of work.
    #[must_use]
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// The same pool, whose writes of observed records emit no events: for a migration, or for test data. Nor do those of its
    /// transactions. An event of [`Tx::emit`] is emitted.
    ///
    /// ```
    /// use events_seaorm::Db;
    /// use sea_orm::{Database, DbErr};
    ///
    /// /// Writes the records of a test.
    /// async fn fill(db: &Db) -> Result<(), DbErr> {
    ///     let db = db.quietly();
    ///     // .. `record.insert(&db).await?` ..
    ///     # let _ = db;
    ///     Ok(())
    /// }
    /// ```
    #[must_use]
    pub fn quietly(&self) -> Self {
        Self {
            is_quiet: true,
            ..self.clone()
        }
    }

    pub(crate) fn is_quiet(&self) -> bool {
        self.is_quiet
    }

    /// The registry to which events are emitted now.
    pub(crate) fn registry(&self) -> Registry {
        self.registry.clone().unwrap_or_else(events_core::registry)
    }

    pub(crate) fn own_registry(&self) -> Option<&Registry> {
        self.registry.as_ref()
    }

    /// Begins a transaction that only reads: with SQLite a deferred one, which does not wait for a writer; otherwise one that is
    /// `READ ONLY`, in which a write is an error.
    ///
    /// ```
    /// # use events_seaorm::Db;
    /// # use sea_orm::{ConnectionTrait, Database, DbErr, Statement};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), DbErr> {
    /// # let db = Db::new(Database::connect("sqlite::memory:").await?);
    /// let tx = db.begin_read_only().await?;
    /// tx.query_all_raw(Statement::from_string(tx.get_database_backend(), "SELECT 1")).await?;
    /// tx.rollback().await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// The error of the database, and that of the pool if it has no connection in time.
    ///
    /// # Panics
    ///
    /// Outside of a runtime of tokio.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the BEGIN is finished on a task of the runtime, and rolled back.
    pub async fn begin_read_only(&self) -> Result<Tx, DbErr> {
        self.begin_with_config(None, Some(AccessMode::ReadOnly))
            .await
    }
}

/// A pool in its wrapper, as [`Db::new`].
impl From<DatabaseConnection> for Db {
    fn from(connection: DatabaseConnection) -> Self {
        Self::new(connection)
    }
}
