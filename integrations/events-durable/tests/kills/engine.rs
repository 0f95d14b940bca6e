//! The two databases.

use std::{env, fs, path::PathBuf, process, time::Duration};

use events_core::scanning::Subscribers;
use events_durable::{Engine, StoreError};
use sqlx::{
    AssertSqlSafe, Pool, Postgres, Row, Sqlite,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

/// Where a database is.
pub(crate) enum Place {
    /// A file of SQLite.
    File(PathBuf),
    /// A schema of the PostgreSQL server with its socket in this folder.
    Server(PathBuf, String),
}

impl Place {
    /// A file that is removed in the end.
    pub(crate) fn file() -> Self {
        let name = format!("events-durable-kills-{}.db", process::id());
        Self::File(PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name))
    }

    /// As text for the environment of a process.
    pub(crate) fn to_text(&self) -> String {
        match self {
            Self::File(path) => format!("file {}", path.display()),
            Self::Server(folder, schema) => format!("{schema} {}", folder.display()),
        }
    }

    pub(crate) fn from_text(text: &str) -> Self {
        match text.split_once(' ').unwrap() {
            ("file", path) => Self::File(path.into()),
            (schema, folder) => Self::Server(folder.into(), schema.to_owned()),
        }
    }
}

/// What the tests do with a database.
pub(crate) trait TestEngine: Engine {
    /// The type of the columns that number their rows.
    const NUMBERED: &'static str;

    async fn open(place: &Place) -> sqlx::Result<Pool<Self>>;

    /// The subscribers whose parameters are of this database.
    fn subscribers() -> Subscribers;

    /// Runs statements without a result.
    fn run(
        conn: &mut Self::Connection,
        statements: String,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// The numbers of the first column.
    fn numbers(
        conn: &mut Self::Connection,
        query: String,
    ) -> impl Future<Output = Result<Vec<i64>, StoreError>> + Send;

    /// The rows of a text and a number.
    fn pairs(
        conn: &mut Self::Connection,
        query: String,
    ) -> impl Future<Output = Result<Vec<(String, i64)>, StoreError>> + Send;
}

macro_rules! statements {
    () => {
        async fn run(conn: &mut Self::Connection, statements: String) -> Result<(), StoreError> {
            sqlx::raw_sql(AssertSqlSafe(statements))
                .execute(conn)
                .await?;
            Ok(())
        }

        async fn numbers(
            conn: &mut Self::Connection,
            query: String,
        ) -> Result<Vec<i64>, StoreError> {
            let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(conn).await?;
            Ok(rows.iter().map(|row| row.get(0)).collect())
        }

        async fn pairs(
            conn: &mut Self::Connection,
            query: String,
        ) -> Result<Vec<(String, i64)>, StoreError> {
            let rows = sqlx::query(AssertSqlSafe(query)).fetch_all(conn).await?;
            Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
        }
    };
}

impl TestEngine for Sqlite {
    const NUMBERED: &'static str = "INTEGER PRIMARY KEY";

    async fn open(place: &Place) -> sqlx::Result<Pool<Self>> {
        let Place::File(path) = place else {
            panic!("it is of another database");
        };
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(60))
            .journal_mode(SqliteJournalMode::Wal)
            // Written to the file, so that it outlives the process; not to the disk.
            .synchronous(SqliteSynchronous::Normal);
        let pool = PoolOptions::new().max_connections(8);
        pool.connect_with(options).await
    }

    fn subscribers() -> Subscribers {
        crate::shop::of_sqlite::subscribers()
    }

    statements!();
}

impl TestEngine for Postgres {
    const NUMBERED: &'static str = "BIGSERIAL PRIMARY KEY";

    async fn open(place: &Place) -> sqlx::Result<Pool<Self>> {
        let Place::Server(folder, schema) = place else {
            panic!("it is of another database");
        };
        let options = PgConnectOptions::new_without_pgpass()
            .host(folder.to_str().unwrap())
            .port(5432)
            .ssl_mode(PgSslMode::Disable)
            .username("events")
            .database("postgres")
            .options([("search_path", schema)]);
        let pool = PoolOptions::new()
            .max_connections(8)
            .acquire_timeout(Duration::from_secs(60));
        pool.connect_with(options).await
    }

    fn subscribers() -> Subscribers {
        crate::shop::of_postgres::subscribers()
    }

    statements!();
}

impl Drop for Place {
    /// A process that was given the place does not drop it.
    fn drop(&mut self) {
        if let Self::File(path) = self {
            for end in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(format!("{}{end}", path.display()));
            }
        }
    }
}
