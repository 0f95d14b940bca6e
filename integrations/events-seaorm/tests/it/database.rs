//! The two databases, with the same tables and statements.

use std::{
    fs,
    path::PathBuf,
    sync::atomic::{AtomicUsize, Ordering},
};

use events_core::Registry;
use events_seaorm::Db;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement,
    sqlx::{
        postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions},
    },
};

use crate::{
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
pub(crate) struct Database {
    /// One connection: what begins a transaction after another one has the same, if it was not closed.
    pool: DatabaseConnection,
    /// Another connection, which sees what is committed.
    pub(crate) other: DatabaseConnection,
    /// Between the connection of `pool` and the database.
    pub(crate) gate: Gate,
    file: Option<PathBuf>,
    _proxy: Option<Proxy>,
}

impl Drop for Database {
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

/// Inserts an item.
pub(crate) async fn save(connection: &impl ConnectionTrait, name: &str) -> Result<(), DbErr> {
    let insert = format!("INSERT INTO item VALUES ('{name}')");
    connection.execute_unprepared(&insert).await.map(drop)
}

impl Database {
    /// Creates a database with the tables; `None` if there is no server.
    pub(crate) async fn create(backend: DbBackend) -> Option<Self> {
        match backend {
            DbBackend::Sqlite => Some(Self::sqlite().await),
            _ => Self::postgres().await,
        }
    }

    async fn sqlite() -> Self {
        let name = format!("events-seaorm-{}-{}.db", std::process::id(), number());
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal);
        let gate = Gate::new();
        let of_hooks = gate.clone();
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                let (of_commit, of_update) = (of_hooks.clone(), of_hooks.clone());
                Box::pin(async move {
                    let mut handle = connection.lock_handle().await?;
                    // The thread of the connection is blocked, so that nothing is answered.
                    handle.set_commit_hook(move || {
                        of_commit.block();
                        true
                    });
                    handle.set_update_hook(move |_| of_update.block());
                    Ok(())
                })
            })
            .connect_with(options.clone());
        let other = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options);
        let database = Self {
            pool: pool.await.unwrap().into(),
            other: other.await.unwrap().into(),
            gate,
            file: Some(file),
            _proxy: None,
        };
        database.pool.execute_unprepared(TABLES).await.unwrap();
        database
    }

    async fn postgres() -> Option<Self> {
        let (schema, gate) = (format!("test_{}", number()), Gate::new());
        let server = server::socket()?;
        let name = format!("events-seaorm-{}-{schema}", std::process::id());
        let proxy = Proxy::start(std::env::temp_dir().join(name), server, gate.clone());
        let options = PgConnectOptions::new_without_pgpass()
            .host(server.to_str().expect("it is text"))
            .port(5432)
            .ssl_mode(PgSslMode::Disable)
            .username("events")
            .database("postgres")
            .options([("search_path", schema.as_str())]);
        let gated = options.clone().host(proxy.0.to_str().expect("it is text"));
        let one = || {
            PgPoolOptions::new()
                .max_connections(1)
                .test_before_acquire(false)
        };
        let database = Self {
            pool: one().connect_with(gated).await.unwrap().into(),
            other: one().connect_with(options).await.unwrap().into(),
            gate,
            file: None,
            _proxy: Some(proxy),
        };
        let statements = format!("CREATE SCHEMA {schema}; {TABLES}");
        database.pool.execute_unprepared(&statements).await.unwrap();
        Some(database)
    }

    /// Whether a statement that fails aborts the transaction.
    pub(crate) fn aborts(&self) -> bool {
        self.pool.get_database_backend() == DbBackend::Postgres
    }

    /// The pool, whose transactions emit to this registry.
    pub(crate) fn db(&self, registry: &Registry) -> Db {
        Db::new(self.pool.clone()).with_registry(registry)
    }

    /// The database with this many connections, none of which is behind the gate.
    pub(crate) async fn many(&self, registry: &Registry, connections: u32) -> Db {
        let pool: DatabaseConnection = if self.aborts() {
            let pool = self.other.get_postgres_connection_pool();
            let options = (*pool.connect_options()).clone();
            let many = PgPoolOptions::new().max_connections(connections);
            many.connect_with(options).await.unwrap().into()
        } else {
            let pool = self.other.get_sqlite_connection_pool();
            let options = (*pool.connect_options()).clone();
            let many = SqlitePoolOptions::new().max_connections(connections);
            many.connect_with(options).await.unwrap().into()
        };
        Db::new(pool).with_registry(registry)
    }

    /// The items that are committed, in the order in which they were inserted.
    pub(crate) async fn committed(&self) -> Vec<String> {
        // Nothing updates an item of PostgreSQL, so that this is the order of the inserts.
        let order = if self.aborts() { "ctid" } else { "rowid" };
        let select = format!("SELECT name FROM item ORDER BY {order}");
        let select = Statement::from_string(self.other.get_database_backend(), select);
        let rows = self.other.query_all_raw(select).await.unwrap();
        let names = rows.iter().map(|row| row.try_get("", "name"));
        names.collect::<Result<_, _>>().unwrap()
    }

    /// Shows that the connection of the pool is in no transaction: what it writes is committed by itself. Then it is removed.
    pub(crate) async fn check_clean(&self, what: &str) {
        save(&self.pool, "probe").await.unwrap();
        let committed = self.committed().await;
        assert!(
            committed.contains(&"probe".to_owned()),
            "{what}: {committed:?}"
        );
        let delete = "DELETE FROM item WHERE name = 'probe'";
        self.pool.execute_unprepared(delete).await.unwrap();
    }

    pub(crate) async fn clear(&self) {
        let delete = "DELETE FROM item";
        self.other.execute_unprepared(delete).await.unwrap();
    }
}

/// Runs each of these functions as a test of each database: on one thread, or with `threads:` on several.
macro_rules! on_both {
    (threads: $($test:ident;)+) => {
        on_both!(mod sqlite Sqlite, (flavor = "multi_thread", worker_threads = 4) $($test)+);
        on_both!(mod postgres Postgres, (flavor = "multi_thread", worker_threads = 4) $($test)+);
    };
    ($($test:ident;)+) => {
        on_both!(mod sqlite Sqlite, (flavor = "current_thread") $($test)+);
        on_both!(mod postgres Postgres, (flavor = "current_thread") $($test)+);
    };
    (mod $module:ident $backend:ident, $options:tt $($test:ident)+) => {
        mod $module {
            $(
                #[tokio::test $options]
                async fn $test() {
                    let backend = sea_orm::DbBackend::$backend;
                    if let Some(database) = crate::database::Database::create(backend).await {
                        super::$test(&database).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_both;
