//! Transactions that are in the way of one another, and connections that are lost: what is no failure of a subscriber counts as none,
//! and what never succeeds ends all the same.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use events_core::{
    Event, Retry, State, failures::BoxError, scanning::Subscribers, subscriber, subscribers,
};
use events_durable::{Delivery, Durable};
use events_sqlx::{Tx, TxError};
use serde::{Deserialize, Serialize};
use sqlx::Postgres;
use tokio::{sync::Barrier, time::timeout};

use super::engine::FaultEngine;
use crate::{
    database::{Database, TestEngine, on_both},
    log::Log,
    shop::{Journal, Shop, note, stop},
};

on_both! {
    a_subscriber_that_is_always_in_the_way_is_dead_in_the_end;
}

/// Moves from one account to another one, or ends there.
#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "conflict.moved")]
#[durable(key = from)]
pub(super) struct Moved {
    pub(super) from: String,
    to: Option<String>,
}

pub(super) fn moved(from: &str, to: Option<&str>) -> Moved {
    Moved {
        from: from.to_owned(),
        to: to.map(str::to_owned),
    }
}

pub(super) const ONCE: Retry =
    Retry::exponential(Duration::from_micros(1), Duration::from_micros(1)).max_retries(0);

/// The first two calls end together.
#[derive(Clone)]
struct Meeting(Arc<(AtomicU32, Barrier)>);

impl Meeting {
    fn of_two() -> Self {
        Self(Arc::new((AtomicU32::new(0), Barrier::new(2))))
    }

    async fn join(&self) {
        let (calls, barrier) = &*self.0;
        if calls.fetch_add(1, Ordering::Relaxed) < 2 {
            barrier.wait().await;
        }
    }
}

#[subscriber(durable = "conflict.move", per_key, retry = ONCE)]
async fn pass_on(
    event: &Moved,
    mut tx: Tx<'_, Postgres>,
    meeting: State<'_, Meeting>,
    journal: State<'_, Journal>,
    delivery: Delivery<'_>,
) -> Result<(), TxError> {
    note(&journal, format!("{} {}", event.from, delivery.attempt()));
    if let Some(to) = &event.to {
        let meeting = Meeting::clone(&meeting);
        tx.before_commit(move |_| {
            Box::pin(async move {
                meeting.join().await;
                Ok(())
            })
        });
        tx.emit(moved(to, None)).await?;
    }
    Ok(())
}

/// A program on PostgreSQL with these subscribers, and what they need.
pub(super) async fn open(
    database: &Database<Postgres>,
    subscribers: Subscribers,
) -> Shop<Postgres> {
    let shop = Shop::unregistered(database, subscribers![]).await;
    let scanner = shop.registry.scanner().state(shop.journal.clone());
    let scanner = scanner.state(Meeting::of_two());
    let scanner = scanner.state(Arc::<AtomicU32>::default());
    let scanner = scanner.state(database.pool.clone());
    scanner.subscribers(subscribers).run();
    shop.store.register(&shop.registry).await.unwrap();
    shop
}

pub(super) async fn emit<DB: FaultEngine>(
    shop: &Shop<DB>,
    events: impl IntoIterator<Item = Moved>,
) {
    let mut tx = shop.begin().await;
    for event in events {
        tx.emit(event).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Each has done its part, and stores an event with the key of the other one.
#[tokio::test]
async fn subscribers_that_emit_to_the_keys_of_one_another_do_not_deadlock() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let mut shop = open(&database, subscribers![pass_on]).await;
    let (log, _guard) = Log::start();
    emit(&shop, [moved("a", Some("b")), moved("b", Some("a"))]).await;
    let workers = shop.store.worker().concurrency(2).spawn_tokio();
    let ended = timeout(Duration::from_secs(60), shop.drained()).await;
    ended.expect("it is delivered");
    stop(workers).await;
    let mut heard = shop.take();
    heard.sort();
    assert_eq!(heard, ["a 1", "a 1", "b 1", "b 1"]);
    assert_eq!(log.count(" ERROR "), 0);
}

/// The first call of these fails before the commit, as a transaction does that is in the way of another one.
#[subscriber(durable = "conflict.commit", retry = ONCE)]
async fn conflicts_at_its_commit(
    event: &Moved,
    tx: Tx<'_, Postgres>,
    calls: State<'_, Arc<AtomicU32>>,
    journal: State<'_, Journal>,
    delivery: Delivery<'_>,
) -> Result<(), TxError> {
    note(&journal, format!("{} {}", event.from, delivery.attempt()));
    if calls.fetch_add(1, Ordering::Relaxed) == 0 {
        tx.before_commit(|mut tx| {
            Box::pin(async move {
                let raise = "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$";
                sqlx::raw_sql(raise).execute(tx.conn()).await?;
                Ok(())
            })
        });
    }
    Ok(())
}

/// In its first call, the connection of its transaction is lost when it has ended.
#[subscriber(durable = "conflict.cut", per_key, retry = ONCE)]
async fn loses_its_connection(
    event: &Moved,
    mut tx: Tx<'_, Postgres>,
    calls: State<'_, Arc<AtomicU32>>,
    pool: State<'_, sqlx::PgPool>,
    journal: State<'_, Journal>,
    delivery: Delivery<'_>,
) -> Result<(), BoxError> {
    note(&journal, format!("{} {}", event.from, delivery.attempt()));
    if calls.fetch_add(1, Ordering::Relaxed) == 0 {
        let own = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()");
        let own = own.fetch_one(tx.conn()).await?;
        let end = sqlx::query("SELECT pg_terminate_backend($1, 10000)").bind(own);
        end.execute(&*pool).await?;
    }
    Ok(())
}

/// In its first call, the connection of its transaction is lost before a statement.
#[subscriber(durable = "conflict.lost", retry = ONCE)]
async fn meets_a_lost_connection(
    event: &Moved,
    mut tx: Tx<'_, Postgres>,
    calls: State<'_, Arc<AtomicU32>>,
    pool: State<'_, sqlx::PgPool>,
    journal: State<'_, Journal>,
    delivery: Delivery<'_>,
) -> Result<(), BoxError> {
    note(&journal, format!("{} {}", event.from, delivery.attempt()));
    if calls.fetch_add(1, Ordering::Relaxed) == 0 {
        let own = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()");
        let own = own.fetch_one(tx.conn()).await?;
        let end = sqlx::query("SELECT pg_terminate_backend($1, 10000)").bind(own);
        end.execute(&*pool).await?;
        sqlx::query("SELECT 1").execute(tx.conn()).await?;
    }
    Ok(())
}

/// The error is that of another database: the attempt has failed.
#[subscriber(durable = "conflict.elsewhere", retry = ONCE)]
async fn misses_another_database(_: &Moved, _tx: Tx<'_, Postgres>) -> Result<(), sqlx::Error> {
    Err(sqlx::Error::PoolClosed)
}

#[tokio::test]
async fn another_database_that_is_gone_is_a_failure() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let shop = open(&database, subscribers![misses_another_database]).await;
    emit(&shop, [moved("a", None)]).await;
    let workers = shop.work();
    let ended = timeout(Duration::from_secs(60), shop.drained()).await;
    ended.expect("it ends");
    stop(workers).await;
    let dead = shop.store.dead("conflict.elsewhere").list(9).await.unwrap();
    assert_eq!((dead.len(), dead[0].failed), (1, 1));
}

/// Is called twice, each time in its first attempt.
pub(super) async fn check_not_counted(subscribers: Subscribers) {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let mut shop = open(&database, subscribers).await;
    emit(&shop, [moved("a", None)]).await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "a 1");
    let ended = timeout(Duration::from_secs(60), shop.drained()).await;
    ended.expect("it is delivered");
    stop(workers).await;
    assert_eq!(shop.take(), ["a 1"]);
}

#[tokio::test]
async fn a_conflict_before_the_commit_counts_no_attempt() {
    check_not_counted(subscribers![conflicts_at_its_commit]).await;
}

#[tokio::test]
async fn a_connection_that_is_lost_in_the_call_counts_no_attempt() {
    check_not_counted(subscribers![meets_a_lost_connection]).await;
}

#[tokio::test]
async fn a_connection_that_is_lost_before_the_mark_counts_no_attempt() {
    check_not_counted(subscribers![loses_its_connection]).await;
}

/// Is over its time in a statement that the server does not end.
#[subscriber(durable = "conflict.hang", retry = ONCE, timeout = Duration::from_millis(50))]
async fn hangs(event: &Moved, mut tx: Tx<'_, Postgres>) -> Result<(), sqlx::Error> {
    if event.to.is_some() {
        sqlx::raw_sql("SELECT pg_sleep(600)")
            .execute(tx.conn())
            .await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_statement_that_does_not_end_stops_no_worker() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let shop = open(&database, subscribers![hangs]).await;
    emit(&shop, [moved("a", Some("b")), moved("c", None)]).await;
    let workers = shop.work();
    let left = "SELECT count(*) FROM ev_delivery";
    let ended = timeout(Duration::from_secs(60), async {
        while database.numbers(left).await != [1] {
            tokio::task::yield_now().await;
        }
    });
    ended.await.expect("the other one is delivered");
    // The transaction holds its delivery until the statement ends.
    let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep(600)%'";
    database.numbers(end).await;
    database.let_time_pass().await;
    shop.drained().await;
    stop(workers).await;
    let letters = shop.store.dead("conflict.hang").list(9).await.unwrap();
    assert_eq!(letters.len(), 1);
}

/// Each call fails as one whose transaction is in the way of another one.
#[subscriber(durable = "conflict.always", retry = ONCE)]
async fn always(_: &Moved) -> Result<(), sqlx::Error> {
    Err(sqlx::Error::Database(Box::new(Conflict)))
}

async fn a_subscriber_that_is_always_in_the_way_is_dead_in_the_end<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, subscribers![always]).await;
    emit(&shop, [moved("a", None)]).await;
    // As if it had been in the way very often.
    DB::run(&database.pool, "UPDATE ev_delivery SET fence = 1000").await;
    let workers = shop.work();
    let ended = timeout(Duration::from_secs(60), shop.drained()).await;
    ended.expect("it ends");
    stop(workers).await;
    let letters = shop.store.dead("conflict.always").list(9).await.unwrap();
    assert_eq!((letters.len(), letters[0].failed), (1, 1));
}

#[derive(Debug)]
pub(super) struct Conflict;

impl std::fmt::Display for Conflict {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("in the way")
    }
}

impl std::error::Error for Conflict {}

impl sqlx::error::DatabaseError for Conflict {
    fn message(&self) -> &str {
        "in the way"
    }

    fn code(&self) -> Option<std::borrow::Cow<'_, str>> {
        Some("40001".into())
    }

    fn as_error(&self) -> &(dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn as_error_mut(&mut self) -> &mut (dyn std::error::Error + Send + Sync + 'static) {
        self
    }

    fn into_error(self: Box<Self>) -> Box<dyn std::error::Error + Send + Sync + 'static> {
        self
    }

    fn kind(&self) -> sqlx::error::ErrorKind {
        sqlx::error::ErrorKind::Other
    }
}
