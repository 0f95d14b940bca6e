//! The databases: a table of plain rows beside that of the events.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use bench_report::Result;
use events_durable::{Engine, testing::Migrate};
use sqlx::{
    AssertSqlSafe, Pool, Postgres, Sqlite,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
};

use crate::server::Server;

/// A database with the tables. It has room for as many transactions as there are workers, and a few more.
pub(crate) struct Database<DB: Bench> {
    pub(crate) pool: Pool<DB>,
    file: Option<PathBuf>,
    server: Option<Server>,
}

impl<DB: Bench> Drop for Database<DB> {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            for end in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(format!("{}{end}", file.display()));
            }
        }
    }
}

const TABLES: &str = "
    CREATE TABLE entry (number BIGINT PRIMARY KEY, text TEXT NOT NULL);
    CREATE TABLE message (number BIGINT PRIMARY KEY, data TEXT NOT NULL)";

/// What the rows of the business have.
const TEXT: &str = "a line of an order";

/// The statements of a database.
pub(crate) trait Bench: Engine {
    /// The numbers of the parameter `$1` rows, as a table with a column `n`.
    const NUMBERS: &'static str;

    /// The time of the database, in milliseconds.
    const NOW: &'static str;

    const IS_MANY_AT_ONCE: bool;

    /// Another, empty database beside this one, with the tables.
    async fn another(database: &Database<Self>) -> Result<Database<Self>>;

    /// Leaves no events and no rows, and no work of earlier cases.
    async fn clear(pool: &Pool<Self>) -> Result<()>;

    /// After a table was filled.
    async fn settle(pool: &Pool<Self>) -> Result<()>;

    /// Writes a row of the business.
    fn write(
        connection: &mut Self::Connection,
        number: i64,
    ) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Writes rows with these payloads, with one statement.
    async fn write_many(connection: &mut Self::Connection, rows: &[(i64, String)]) -> Result<()>;

    /// Runs a statement with a number as its parameter, or without one.
    async fn run(pool: &Pool<Self>, statement: &str, number: Option<i64>) -> Result<()>;
}

macro_rules! statements {
    () => {
        async fn write(connection: &mut Self::Connection, number: i64) -> sqlx::Result<()> {
            sqlx::query("INSERT INTO entry (number, text) VALUES ($1, $2)")
                .bind(number)
                .bind(TEXT)
                .execute(connection)
                .await?;
            Ok(())
        }

        async fn write_many(
            connection: &mut Self::Connection,
            rows: &[(i64, String)],
        ) -> Result<()> {
            let values: Vec<String> = (0..rows.len())
                .map(|row| format!("(${}, ${})", 2 * row + 1, 2 * row + 2))
                .collect();
            let insert = format!(
                "INSERT INTO message (number, data) VALUES {}",
                values.join(",")
            );
            let mut query = sqlx::query(AssertSqlSafe(insert));
            for (number, data) in rows {
                query = query.bind(number).bind(data);
            }
            query.execute(connection).await?;
            Ok(())
        }

        async fn run(pool: &Pool<Self>, statement: &str, number: Option<i64>) -> Result<()> {
            match number {
                Some(number) => {
                    let query = sqlx::query(AssertSqlSafe(statement.to_owned())).bind(number);
                    query.execute(pool).await?;
                }
                None => {
                    let query = sqlx::raw_sql(AssertSqlSafe(statement.to_owned()));
                    query.execute(pool).await?;
                }
            }
            Ok(())
        }
    };
}

impl Bench for Sqlite {
    const NUMBERS: &'static str = "(WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r LIMIT $1) SELECT n FROM r)";
    const NOW: &'static str = "CAST(unixepoch('subsec') * 1000 AS INTEGER)";
    const IS_MANY_AT_ONCE: bool = false;

    async fn another(_: &Database<Self>) -> Result<Database<Self>> {
        sqlite().await
    }

    async fn clear(pool: &Pool<Self>) -> Result<()> {
        let delete =
            "DELETE FROM ev_delivery; DELETE FROM ev_event; DELETE FROM entry; DELETE FROM message";
        Self::run(pool, delete, None).await?;
        Self::settle(pool).await
    }

    async fn settle(pool: &Pool<Self>) -> Result<()> {
        Self::run(pool, "PRAGMA wal_checkpoint(TRUNCATE)", None).await
    }

    statements!();
}

impl Bench for Postgres {
    const NUMBERS: &'static str = "(SELECT n FROM generate_series(1, $1) n)";
    const NOW: &'static str = "(extract(epoch FROM now()) * 1000)::bigint";
    const IS_MANY_AT_ONCE: bool = true;

    async fn another(database: &Database<Self>) -> Result<Database<Self>> {
        Self::run(&database.pool, "CREATE DATABASE another", None).await?;
        let options = (*database.pool.connect_options()).clone();
        open(options.database("another"), None, None).await
    }

    async fn clear(pool: &Pool<Self>) -> Result<()> {
        Self::run(pool, "TRUNCATE ev_delivery, ev_event, entry, message", None).await
    }

    async fn settle(pool: &Pool<Self>) -> Result<()> {
        Self::run(pool, "VACUUM ANALYZE", None).await?;
        Self::run(pool, "CHECKPOINT", None).await
    }

    statements!();
}

/// A file with a write-ahead log, that waits for the disk at each COMMIT.
pub(crate) async fn sqlite() -> Result<Database<Sqlite>> {
    static COUNT: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
    fs::create_dir_all(&folder)?; // another one may be set for builds
    let file = folder.join(format!("durable-{}-{count}.db", std::process::id()));
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .busy_timeout(Duration::from_secs(60));
    open(options, Some(file), None).await
}

/// `None`: PostgreSQL is not installed.
pub(crate) async fn postgres() -> Result<Option<Database<Postgres>>> {
    let Some(server) = Server::start() else {
        return Ok(None);
    };
    let options = PgConnectOptions::new_without_pgpass()
        .host(&server.socket.to_string_lossy())
        .port(5432)
        .ssl_mode(PgSslMode::Disable)
        .username("events")
        .database("postgres");
    let database = open::<Postgres>(options, None, Some(server)).await?;
    for setting in ["fsync", "synchronous_commit"] {
        let show = AssertSqlSafe(format!("SHOW {setting}"));
        let value: String = sqlx::query_scalar(show).fetch_one(&database.pool).await?;
        assert_eq!(value, "on", "{setting}");
    }
    Ok(Some(database))
}

async fn open<DB: Bench>(
    options: <DB::Connection as sqlx::Connection>::Options,
    file: Option<PathBuf>,
    server: Option<Server>,
) -> Result<Database<DB>> {
    let pool = PoolOptions::new()
        .max_connections(8)
        .connect_lazy_with(options);
    let database = Database { pool, file, server };
    <DB as Migrate>::migrate(&database.pool).await?;
    DB::run(&database.pool, TABLES, None).await?;
    Ok(database)
}

impl<DB: Bench> std::fmt::Debug for Database<DB> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let has_server = self.server.is_some();
        f.debug_struct("Database")
            .field("has_server", &has_server)
            .finish_non_exhaustive()
    }
}
