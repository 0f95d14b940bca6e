//! The two databases, and steps of tests.

use std::{
    fs,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use events_durable::testing::{Claim, Done, Engine, Failed, NewEvent, Next, Registered, Route};
use sqlx::{
    AssertSqlSafe, PgPool, Pool, Postgres, Row, Sqlite,
    pool::PoolOptions,
    postgres::{PgConnectOptions, PgSslMode},
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};

use tokio::task::{JoinHandle, yield_now};

use crate::server;

/// A lease that does not end by itself.
pub(crate) const LEASE: Duration = Duration::from_secs(3600);

/// The attempts of a delivery.
pub(crate) const MOST: u32 = 3;

/// A new database without tables, which is removed when this is dropped, or which ends with its server.
pub(crate) struct Database<DB: Engine> {
    pub(crate) pool: Pool<DB>,
    /// The steps of SQLite so far.
    steps: Arc<AtomicU64>,
    file: Option<PathBuf>,
}

impl<DB: Engine> Drop for Database<DB> {
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
pub(crate) trait TestEngine: Engine {
    /// Creates a database; `None` if there is no server.
    fn create() -> impl Future<Output = Option<Database<Self>>> + Send;

    /// Runs statements that return nothing.
    fn run(pool: &Pool<Self>, statements: &str) -> impl Future<Output = ()> + Send;

    /// The numbers of the first column.
    fn numbers(pool: &Pool<Self>, query: &str) -> impl Future<Output = Vec<i64>> + Send;

    /// What a claim costs, in a unit of the database that does not depend on the clock.
    fn cost_of_claim(database: &Database<Self>) -> impl Future<Output = u64> + Send;
}

impl TestEngine for Sqlite {
    async fn create() -> Option<Database<Self>> {
        let name = format!("events-durable-{}-{}.db", std::process::id(), number());
        let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        let options = SqliteConnectOptions::new()
            .filename(&file)
            .create_if_missing(true)
            .busy_timeout(Duration::from_secs(60))
            .journal_mode(SqliteJournalMode::Wal);
        let steps = Arc::new(AtomicU64::new(0));
        let counter = steps.clone();
        let pool = PoolOptions::new()
            .max_connections(5)
            .after_connect(move |conn: &mut sqlx::SqliteConnection, _| {
                let counter = counter.clone();
                Box::pin(async move {
                    let mut handle = conn.lock_handle().await?;
                    handle.set_progress_handler(1, move || {
                        counter.fetch_add(1, Ordering::Relaxed);
                        true
                    });
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .unwrap();
        let file = Some(file);
        Some(Database { pool, steps, file })
    }

    async fn run(pool: &Pool<Self>, statements: &str) {
        let statements = AssertSqlSafe(statements.to_owned());
        sqlx::raw_sql(statements).execute(pool).await.unwrap();
    }

    async fn numbers(pool: &Pool<Self>, query: &str) -> Vec<i64> {
        let query = AssertSqlSafe(query.to_owned());
        let rows = sqlx::raw_sql(query).fetch_all(pool).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    async fn cost_of_claim(database: &Database<Self>) -> u64 {
        let before = database.steps.load(Ordering::Relaxed);
        let claims = database.claim("s", 10).await;
        let steps = database.steps.load(Ordering::Relaxed) - before;
        database.hand_back(&claims).await;
        steps
    }
}

impl TestEngine for Postgres {
    async fn create() -> Option<Database<Self>> {
        let schema = format!("test_{}", number());
        let server = server::socket()?;
        let options = PgConnectOptions::new_without_pgpass()
            .host(server.to_str().expect("it is text"))
            .port(5432)
            .ssl_mode(PgSslMode::Disable)
            .username("events")
            .database("postgres")
            .options([("search_path", schema.as_str())]);
        let pool = PoolOptions::new()
            .max_connections(5)
            .connect_with(options)
            .await
            .unwrap();
        Self::run(&pool, &format!("CREATE SCHEMA {schema}")).await;
        let steps = Arc::default();
        let file = None;
        Some(Database { pool, steps, file })
    }

    async fn run(pool: &Pool<Self>, statements: &str) {
        let statements = AssertSqlSafe(statements.to_owned());
        sqlx::raw_sql(statements).execute(pool).await.unwrap();
    }

    async fn numbers(pool: &Pool<Self>, query: &str) -> Vec<i64> {
        let query = AssertSqlSafe(query.to_owned());
        let rows = sqlx::query(query).fetch_all(pool).await.unwrap();
        rows.iter().map(|row| row.get(0)).collect()
    }

    async fn cost_of_claim(database: &Database<Self>) -> u64 {
        let mut tx = database.pool.begin().await.unwrap();
        let plan =
            "EXPLAIN (ANALYZE, BUFFERS, TIMING OFF) SELECT * FROM ev_claim('s', 10, 3600000, 3)";
        let mut pages = 0;
        // The first call also reads the catalog.
        for _ in 0..2 {
            let lines: Vec<String> = sqlx::query_scalar(plan).fetch_all(&mut *tx).await.unwrap();
            let line = lines.iter().find(|line| line.contains("Buffers:")).unwrap();
            let counts = line.split_whitespace().filter_map(|word| {
                let (name, count) = word.split_once('=')?;
                (name == "hit" || name == "read").then(|| count.parse::<u64>().unwrap())
            });
            pages = counts.sum();
        }
        tx.rollback().await.unwrap();
        pages
    }
}

/// An event with this id, which is its payload as well.
pub(crate) fn event(id: &str, topic: &str, key: Option<&str>) -> NewEvent {
    NewEvent {
        id: id.to_owned(),
        topic: topic.to_owned(),
        key: key.map(str::to_owned),
        version: 1,
        time: 1_700_000_000_000,
        due: None,
        trace: None,
        parent: None,
        codec: "json".to_owned(),
        data: format!("payload of {id}"),
    }
}

/// The ids of the events of claims, in order.
pub(crate) fn ids(claims: &[Claim]) -> Vec<&str> {
    claims.iter().map(|claim| claim.event.id.as_str()).collect()
}

impl Database<Postgres> {
    /// A pool with a name, as that of another program. Its transactions are serializable unless their BEGIN states something else.
    pub(crate) async fn serializable(&self, name: &str) -> PgPool {
        let options = PgConnectOptions::clone(&self.pool.connect_options())
            .application_name(name)
            .options([("default_transaction_isolation", "serializable")]);
        PgPool::connect_with(options).await.unwrap()
    }

    /// Waits until the task, which uses the pool with that name, waits for a lock.
    pub(crate) async fn waits_for_lock<T>(&self, name: &str, task: &JoinHandle<T>) {
        let waits = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = '{name}' AND wait_event_type = 'Lock'"
        );
        while self.numbers(&waits).await == [0] {
            assert!(!task.is_finished(), "it waits for a lock");
            yield_now().await;
        }
    }
}

impl<DB: TestEngine> Database<DB> {
    /// Makes the tables, and these routes: topic, subscriber, whether it is `per_key`.
    pub(crate) async fn with_routes(&self, routes: &[(&str, &str, bool)]) -> Registered {
        DB::migrate(&self.pool).await.unwrap();
        self.register(routes).await
    }

    pub(crate) async fn register(&self, routes: &[(&str, &str, bool)]) -> Registered {
        let routes: Vec<_> = routes
            .iter()
            .map(|(topic, subscriber, per_key)| Route {
                topic: (*topic).to_owned(),
                subscriber: (*subscriber).to_owned(),
                per_key: *per_key,
            })
            .collect();
        let mut subscribers: Vec<_> = routes
            .iter()
            .map(|route| route.subscriber.clone())
            .collect();
        subscribers.dedup();
        let mut tx = self.pool.begin_with(DB::BEGIN).await.unwrap();
        let topics = ["t", "u"].map(str::to_owned);
        let pairs = topics.iter().flat_map(|topic| {
            let of = |subscriber: &String| (topic.clone(), subscriber.clone());
            subscribers.iter().map(of)
        });
        let is_stale = |(topic, subscriber): &(String, String)| {
            let mut routes = routes.iter();
            !routes.any(|one| one.topic == *topic && one.subscriber == *subscriber)
        };
        let stale: Vec<_> = pairs.filter(is_stale).collect();
        let registered = DB::register(&mut tx, &subscribers, &routes, &stale)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        registered
    }

    /// Stores these in a transaction.
    pub(crate) async fn store(&self, events: &[NewEvent]) {
        let mut tx = self.pool.begin_with(DB::BEGIN).await.unwrap();
        DB::insert(&mut tx, events).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Stores one event of the topic `t` for each, in a transaction of its own.
    pub(crate) async fn store_each(&self, events: &[(&str, Option<&str>)]) {
        for (id, key) in events {
            self.store(&[event(id, "t", *key)]).await;
        }
    }

    pub(crate) async fn claim(&self, subscriber: &str, limit: u32) -> Vec<Claim> {
        DB::claim(&self.pool, subscriber, limit, LEASE, MOST)
            .await
            .unwrap()
    }

    /// Claims the one delivery that can be.
    #[track_caller]
    pub(crate) fn claim_one(&self, subscriber: &str) -> impl Future<Output = Claim> + Send {
        let caller = std::panic::Location::caller();
        async move {
            let mut claims = self.claim(subscriber, 10).await;
            assert_eq!(claims.len(), 1, "{caller}: {claims:?}");
            claims.remove(0)
        }
    }

    /// A transaction that holds the delivery and marks it done.
    pub(crate) async fn done(&self, claim: &Claim) -> Done {
        let mut tx = self.pool.begin_with(DB::BEGIN).await.unwrap();
        let is_held = DB::hold(&mut *tx, claim).await.unwrap();
        let done = DB::done(&mut *tx, claim).await.unwrap();
        assert_eq!(is_held, done != Done::Void, "{claim:?}");
        tx.commit().await.unwrap();
        done
    }

    pub(crate) async fn failed(&self, claim: &Claim, next: Next) -> Failed {
        DB::failed(&self.pool, claim, "no", next).await.unwrap()
    }

    pub(crate) async fn hand_back(&self, claims: &[Claim]) -> u64 {
        let claims: Vec<_> = claims.iter().collect();
        DB::hand_back(&self.pool, &claims, Duration::ZERO)
            .await
            .unwrap()
    }

    /// All that is due later is due now, and all leases end.
    pub(crate) async fn let_time_pass(&self) {
        DB::run(&self.pool, "UPDATE ev_delivery SET due = 0").await;
    }

    pub(crate) async fn numbers(&self, query: &str) -> Vec<i64> {
        DB::numbers(&self.pool, query).await
    }

    /// Claims and completes one after another until there is none; the ids in order.
    pub(crate) async fn drain(&self, subscriber: &str) -> Vec<String> {
        let mut all = Vec::new();
        loop {
            let claims = self.claim(subscriber, 10).await;
            if claims.is_empty() {
                return all;
            }
            for claim in claims {
                assert_ne!(self.done(&claim).await, Done::Void);
                all.push(claim.event.id);
            }
        }
    }
}

/// Runs each of these functions, which are generic over the database, as a test of each database.
macro_rules! on_both {
    ($($test:ident;)+) => {
        mod sqlite {
            $(
                #[tokio::test]
                async fn $test() {
                    if let Some(database) = <sqlx::Sqlite as crate::database::TestEngine>::create().await {
                        super::$test(&database).await;
                    }
                }
            )+
        }

        mod postgres {
            $(
                #[tokio::test]
                async fn $test() {
                    if let Some(database) = <sqlx::Postgres as crate::database::TestEngine>::create().await {
                        super::$test(&database).await;
                    }
                }
            )+
        }
    };
}
pub(crate) use on_both;
