//! The databases, each with one connection, so that every case has the same.

use std::{
    fs,
    path::{Path, PathBuf},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, Schema, Statement,
    sqlx::{
        postgres::{PgConnectOptions, PgPoolOptions, PgSslMode},
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
    },
};

use crate::{
    entities::{Record, plain},
    server::Server,
};

/// A database with the table.
pub(crate) struct Database {
    pub(crate) pool: DatabaseConnection,
    file: Option<PathBuf>,
    _server: Option<Server>,
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

impl Database {
    /// A file with a write-ahead log.
    pub(crate) async fn sqlite(synchronous: SqliteSynchronous) -> Result<Self, DbErr> {
        let number = std::process::id();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target");
        let _ = fs::create_dir_all(&folder); // another one may be set for builds
        let file = folder.join(format!("records-{number}.db"));
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous);
        let pool = SqlitePoolOptions::new().max_connections(1);
        let pool = pool.connect_lazy_with(options).into();
        Self {
            pool,
            file: Some(file),
            _server: None,
        }
        .with_table()
        .await
    }

    /// `None`: PostgreSQL is not installed.
    pub(crate) async fn postgres() -> Result<Option<Self>, DbErr> {
        let Some(server) = Server::start() else {
            return Ok(None);
        };
        let options = PgConnectOptions::new_without_pgpass()
            .host(&server.socket.to_string_lossy())
            .port(5432)
            .ssl_mode(PgSslMode::Disable)
            .username("events")
            .database("postgres");
        let pool = PgPoolOptions::new().max_connections(1);
        let pool: DatabaseConnection = pool.connect_lazy_with(options).into();
        for setting in ["fsync", "synchronous_commit"] {
            let show = Statement::from_string(DbBackend::Postgres, format!("SHOW {setting}"));
            let row = pool.query_one_raw(show).await?.expect("a setting");
            assert_eq!(row.try_get_by_index::<String>(0)?, "on", "{setting}");
        }
        let database = Self {
            pool,
            file: None,
            _server: Some(server),
        };
        database.with_table().await.map(Some)
    }

    async fn with_table(self) -> Result<Self, DbErr> {
        let schema = Schema::new(self.pool.get_database_backend());
        let table = schema.create_table_from_entity(plain::Entity);
        self.pool.execute(&table).await?;
        Ok(self)
    }

    /// Leaves this many rows in the table, and no work of earlier cases.
    pub(crate) async fn fill(&self, rows: usize) -> Result<(), DbErr> {
        plain::Entity::delete_many().exec(&self.pool).await?;
        let numbers: Vec<i32> = (0..).take(rows).collect();
        for part in numbers.chunks(1_000) {
            let rows = part
                .iter()
                .map(|&number| plain::ActiveModel::numbered(number));
            plain::Entity::insert_many(rows).exec(&self.pool).await?;
        }
        let clean = match self.pool.get_database_backend() {
            DbBackend::Postgres => "VACUUM ANALYZE \"user\"",
            _ => "PRAGMA wal_checkpoint(TRUNCATE)",
        };
        self.pool.execute_unprepared(clean).await?;
        Ok(())
    }
}
