//! The two databases, with the same tables and statements.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use events_sqlx::{Backend, Tx};
use sqlx::{
    AssertSqlSafe, Connection, Pool, Postgres, Row, Sqlite,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use crate::{
    cut_off_after, cut_off_at,
    gate::{Gate, Proxy},
    server,
};

/// The names of items, the order in which they were written, and rows whose parent is checked at the COMMIT.
const TABLES: &str = "
    CREATE TABLE item (name TEXT NOT NULL);
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE child (parent INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED);
";

/// A new database, which is removed when this is dropped, or which ends with its server.
pub(crate) struct Database<DB: Backend> {
    /// One connection: what begins a transaction after another one has the same, if it was not closed.
    pub(crate) pool: Pool<DB>,
    /// Another connection, which sees what is committed.
    pub(crate) other: Pool<DB>,
    /// Between the connection of `pool` and the database.
    pub(crate) gate: Gate,
    file: Option<PathBuf>,
    _proxy: Option<Proxy>,
}

impl<DB: Backend> Drop for Database<DB> {
    fn drop(&mut self) {
        if let Some(file) = &self.file {
            for end in ["", "-wal", "-shm"] {
                let _ = fs::remove_file(format!("{}{end}", file.display()));
            }
        }
    }
}

/// Makes a number that no other test of this process has.
fn number() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

/// What the tests do with a database.
pub(crate) trait TestBackend: Backend {
    /// Whether a statement that fails aborts the transaction.
    const ABORTS: bool;

    /// Creates a database with the tables; `None` if there is no server.
    fn create() -> impl Future<Output = Option<Database<Self>>> + Send;

    /// Runs statements that return nothing.
    fn run(
        connection: &mut Self::Connection,
        statements: &str,
    ) -> impl Future<Output = sqlx::Result<()>> + Send;

    /// Closes the gate behind this many answers to what is called on the connection next. With SQLite all is one answer.
    fn close_gate(
        database: &Database<Self>,
        connection: &mut Self::Connection,
        answers: usize,
    ) -> impl Future<Output = ()> + Send;

    /// Begins a transaction, and drops that behind this many answers; returns whether it was ready before.
    fn cut_off_begin(
        database: &Database<Self>,
        answers: usize,
    ) -> impl Future<Output = bool> + Send;

    /// The names of the items, in the order in which they were inserted.
    fn items(
        connection: &mut Self::Connection,
    ) -> impl Future<Output = sqlx::Result<Vec<String>>> + Send;
}

/// A pool of one connection, which is not tested before it is used.
fn one<DB: Backend>() -> PoolOptions<DB> {
    PoolOptions::new()
        .max_connections(1)
        .test_before_acquire(false)
}

fn insert(name: &str) -> String {
    format!("INSERT INTO item VALUES ('{name}')")
}

impl<DB: TestBackend> Database<DB> {
    /// The items that are committed.
    pub(crate) async fn committed(&self) -> Vec<String> {
        let mut connection = self.other.acquire().await.unwrap();
        DB::items(&mut connection).await.unwrap()
    }

    /// Shows that the connection of the pool is in no transaction: what it writes is committed by itself, and a transaction of
    /// sqlx on it is rolled back when it is dropped. What it writes is removed.
    pub(crate) async fn check_clean(&self, what: &str) {
        let mut connection = self.pool.acquire().await.unwrap();
        DB::run(&mut connection, &insert("probe")).await.unwrap();
        let committed = self.committed().await;
        assert!(
            committed.contains(&"probe".to_owned()),
            "{what}: {committed:?}"
        );
        DB::run(&mut connection, "DELETE FROM item WHERE name = 'probe'")
            .await
            .unwrap();
        let mut plain = connection.begin().await.unwrap();
        DB::run(&mut plain, &insert("dropped")).await.unwrap();
        drop(plain);
        DB::run(&mut connection, "DELETE FROM item WHERE name = 'probe'")
            .await
            .unwrap();
        let committed = self.committed().await;
        assert!(
            !committed.contains(&"dropped".to_owned()),
            "{what}: a dropped one"
        );
    }

    pub(crate) async fn clear(&self) {
        let mut connection = self.other.acquire().await.unwrap();
        DB::run(&mut connection, "DELETE FROM item").await.unwrap();
    }
}

/// Inserts an item.
pub(crate) async fn save<DB: TestBackend>(connection: &mut DB::Connection, name: &str) {
    DB::run(connection, &insert(name)).await.unwrap();
}

impl TestBackend for Sqlite {
    const ABORTS: bool = false;

    async fn create() -> Option<Database<Self>> {
        let name = format!("events-sqlx-{}-{}.db", std::process::id(), number());
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let database = Database {
            pool: one().connect_with(options.clone()).await.unwrap(),
            other: one().connect_with(options).await.unwrap(),
            gate: Gate::new(),
            file: Some(file),
            _proxy: None,
        };
        sqlx::raw_sql(TABLES).execute(&database.pool).await.unwrap();
        Some(database)
    }

    async fn run(connection: &mut Self::Connection, statements: &str) -> sqlx::Result<()> {
        let statements = AssertSqlSafe(statements.to_owned());
        sqlx::raw_sql(statements).execute(connection).await?;
        Ok(())
    }

    async fn close_gate(
        database: &Database<Self>,
        connection: &mut Self::Connection,
        answers: usize,
    ) {
        if answers > 0 {
            return;
        }
        let gate = database.gate.clone();
        gate.close_after(0);
        // The thread of the connection is blocked in this statement, and what comes next waits for it.
        let in_hook = gate.clone();
        let mut handle = connection.lock_handle().await.unwrap();
        handle.set_update_hook(move |_| in_hook.block());
        drop(handle);
        let statement = format!("INSERT INTO parent VALUES ({})", 1000 + number());
        assert!(
            cut_off_after(1, Self::run(connection, &statement))
                .await
                .is_none()
        );
        gate.set_held();
    }

    async fn cut_off_begin(database: &Database<Self>, answers: usize) -> bool {
        if answers > 0 {
            return Tx::begin_with(&database.pool, "BEGIN IMMEDIATE")
                .await
                .is_ok();
        }
        // The thread of the connection waits for this lock.
        let lock = database.other.begin_with("BEGIN IMMEDIATE").await.unwrap();
        let begin = Tx::begin_with(&database.pool, "BEGIN IMMEDIATE");
        let is_ready = cut_off_after(1, begin).await.is_some();
        lock.rollback().await.unwrap();
        is_ready
    }

    async fn items(connection: &mut Self::Connection) -> sqlx::Result<Vec<String>> {
        let rows = sqlx::query("SELECT name FROM item ORDER BY rowid").fetch_all(connection);
        Ok(rows.await?.iter().map(|row| row.get(0)).collect())
    }
}

impl TestBackend for Postgres {
    const ABORTS: bool = true;

    async fn create() -> Option<Database<Self>> {
        let (schema, gate) = (format!("test_{}", number()), Gate::new());
        let server = server::socket()?;
        let name = format!("events-sqlx-{}-{schema}", std::process::id());
        let proxy = Proxy::start(std::env::temp_dir().join(name), server, gate.clone());
        let options = PgConnectOptions::new_without_pgpass()
            .host(server.to_str().expect("it is text"))
            .port(5432)
            .ssl_mode(PgSslMode::Disable)
            .username("events")
            .database("postgres")
            .options([("search_path", schema.as_str())]);
        let gated = options.clone().host(proxy.0.to_str().expect("it is text"));
        let database = Database {
            pool: one().connect_with(gated).await.unwrap(),
            other: one().connect_with(options).await.unwrap(),
            gate,
            file: None,
            _proxy: Some(proxy),
        };
        let statements = AssertSqlSafe(format!("CREATE SCHEMA {schema}; {TABLES}"));
        sqlx::raw_sql(statements)
            .execute(&database.pool)
            .await
            .unwrap();
        Some(database)
    }

    async fn run(connection: &mut Self::Connection, statements: &str) -> sqlx::Result<()> {
        let statements = AssertSqlSafe(statements.to_owned());
        sqlx::raw_sql(statements).execute(connection).await?;
        Ok(())
    }

    async fn close_gate(database: &Database<Self>, _: &mut Self::Connection, answers: usize) {
        database.gate.close_after(answers);
    }

    async fn cut_off_begin(database: &Database<Self>, answers: usize) -> bool {
        database.gate.close_after(answers);
        let is_ready = cut_off_at(&database.gate, Tx::begin(&database.pool))
            .await
            .is_some();
        database.gate.open();
        is_ready
    }

    async fn items(connection: &mut Self::Connection) -> sqlx::Result<Vec<String>> {
        // Nothing updates an item, so that this is the order of the inserts.
        let rows = sqlx::query("SELECT name FROM item ORDER BY ctid").fetch_all(connection);
        Ok(rows.await?.iter().map(|row| row.get(0)).collect())
    }
}

/// Runs each of these functions, which are generic over the database, as a test of each database.
macro_rules! on_both {
    ($($(#[$attribute:meta])* $test:ident;)+) => {
        mod sqlite {
            $(
                $(#[$attribute])*
                #[tokio::test]
                async fn $test() {
                    if let Some(database) = <sqlx::Sqlite as crate::database::TestBackend>::create().await {
                        super::$test(&database).await;
                    }
                }
            )+
        }

        mod postgres {
            $(
                $(#[$attribute])*
                #[tokio::test]
                async fn $test() {
                    if let Some(database) = <sqlx::Postgres as crate::database::TestBackend>::create().await {
                        super::$test(&database).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_both;
