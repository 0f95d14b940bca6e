//! Databases that cannot be used for a while, and what they are given.

use std::time::{Duration, UNIX_EPOCH};

use events_core::subscribers;
use events_durable::{Durable, DurableError, EmitAt, StoreError};
use sqlx::{Postgres, Sqlite, pool::PoolOptions};

use super::engine::FaultEngine;
use crate::{
    database::{Database, TestEngine, event, on_both},
    log::Log,
    shop::{Shop, confirm, placed, slow, stop},
};

on_both! {
    a_database_that_can_only_be_read_is_waited_for;
    tables_of_a_later_version_are_refused_and_left_alone;
    a_payload_of_10_mb_is_delivered;
    the_clock_of_the_program_decides_nothing;
    many_workers_share_one_connection;
}

const CONFIRMED: &str = "confirm 1 (1 of 3) ";

/// Runs a statement on all connections of the pool.
pub(super) async fn on_all<DB: FaultEngine>(database: &Database<DB>, statement: &str) {
    on_each(database, 5, statement).await;
}

/// Runs a statement on so many connections.
async fn on_each<DB: FaultEngine>(database: &Database<DB>, connections: usize, statement: &str) {
    let mut all = Vec::new();
    for _ in 0..connections {
        all.push(database.pool.acquire().await.unwrap());
    }
    for conn in &mut all {
        DB::run_on(conn, statement).await;
    }
}

async fn a_database_that_can_only_be_read_is_waited_for<DB: FaultEngine>(database: &Database<DB>) {
    let (log, _guard) = Log::start();
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.place([placed(1)]).await;
    let (read_only, writable) = DB::READ_ONLY;
    on_all(database, read_only).await;

    // With SQLite the transaction cannot begin.
    let error = async {
        let mut tx = shop.store.begin().await?.with_registry(&shop.registry);
        tx.emit(placed(2)).await.unwrap();
        tx.commit().await
    };
    let error = error.await.unwrap_err().to_string();
    assert!(
        error.contains("connect to one that can be written"),
        "{error}"
    );

    let workers = shop.work();
    log.wait_for("the workers cannot use the database").await;
    on_all(database, writable).await;
    assert_eq!(shop.next().await, CONFIRMED);
    shop.drained().await;
    stop(workers).await;
    assert_eq!(log.count("the workers cannot use the database"), 1);
    assert!(shop.is_silent());
}

async fn tables_of_a_later_version_are_refused_and_left_alone<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    shop.place([placed(1)]).await;
    DB::run(&database.pool, "UPDATE ev_schema SET version = version + 1").await;
    let is_newer = |error: DurableError| {
        let text = error.to_string();
        assert!(text.contains("a later version of events-durable"), "{text}");
        matches!(error, DurableError::Store(StoreError::SchemaNewer { .. }))
    };
    assert!(is_newer(shop.store.migrate().await.unwrap_err()));
    let registered = shop.store.register(&shop.registry).await;
    assert!(is_newer(registered.unwrap_err()));
    assert_eq!(
        database.numbers("SELECT count(*) FROM ev_delivery").await,
        [1]
    );
}

async fn a_payload_of_10_mb_is_delivered<DB: FaultEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let mut large = placed(1);
    large.card = "0123456789".repeat(1 << 20);
    let workers = shop.work();
    // Alone, and with another one in one batch.
    shop.place([large.clone()]).await;
    assert_eq!(shop.next().await, CONFIRMED);
    shop.place([placed(2), large]).await;
    shop.next_n(2).await;
    shop.drained().await;
    stop(workers).await;
}

async fn the_clock_of_the_program_decides_nothing<DB: FaultEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let payload = r#"{"order":1,"customer":"ada","card":""}"#;
    for time in [0, -1, i64::MAX, 4_000_000_000_000] {
        let mut emitted = event(&time.to_string(), "shop.placed", Some("ada"));
        (emitted.time, emitted.data) = (time, payload.to_owned());
        database.store(&[emitted]).await;
    }
    // A time that has passed is now.
    let tx = shop.begin().await;
    tx.emit_at(&shop.store, UNIX_EPOCH, &placed(1)).unwrap();
    let before = UNIX_EPOCH.checked_sub(Duration::from_secs(1));
    tx.emit_at(&shop.store, before.unwrap(), &placed(1))
        .unwrap();
    tx.commit().await.unwrap();
    let workers = shop.work();
    assert_eq!(shop.next_n(6).await, [CONFIRMED; 6]);
    shop.drained().await;
    stop(workers).await;
    // Also how long the event is kept.
    shop.store.purge().await.unwrap();
    let stored = "SELECT count(*) FROM ev_event";
    assert_eq!(database.numbers(stored).await, [6]);
}

#[tokio::test]
async fn a_full_file_of_sqlite_refuses_the_emit_and_stores_again_when_there_is_space() {
    let database = Sqlite::create().await.unwrap();
    let mut shop = Shop::open(&database, subscribers![confirm]).await;
    let pages = database.numbers("PRAGMA page_count").await[0];
    on_all(&database, &format!("PRAGMA max_page_count = {pages}")).await;
    let mut large = placed(1);
    large.card = "0123456789".repeat(100_000);
    let mut tx = shop.begin().await;
    tx.emit(large.clone()).await.unwrap();
    let error = format!("{:?}", tx.commit().await.unwrap_err());
    assert!(error.contains("Full("), "{error}");
    assert_eq!(database.numbers("SELECT count(*) FROM ev_event").await, [0]);
    on_all(&database, "PRAGMA max_page_count = 1000000").await;
    let workers = shop.work();
    shop.place([large]).await;
    assert_eq!(shop.next().await, CONFIRMED);
    shop.drained().await;
    stop(workers).await;
}

/// A transaction that writes for longer than the connections of the workers wait is no outage.
#[tokio::test]
async fn workers_wait_for_a_long_transaction_of_sqlite_and_warn_of_nothing() {
    let database = Sqlite::create().await.unwrap();
    let (log, _guard) = Log::from(tracing::Level::DEBUG);
    let mut shop = Shop::open(&database, subscribers![confirm]).await;
    shop.place([placed(1)]).await;
    let mut long = database.pool.begin_with("BEGIN IMMEDIATE").await.unwrap();
    on_each(&database, 4, "PRAGMA busy_timeout = 1").await;
    let workers = shop.work();
    log.wait_for("another transaction was in the way").await;
    Sqlite::run_on(&mut long, "INSERT INTO entry VALUES (1)").await;
    long.commit().await.unwrap();
    assert_eq!(shop.next().await, CONFIRMED);
    shop.drained().await;
    stop(workers).await;
    assert_eq!(log.count(" WARN "), 0);
}

/// Each task needs one connection at a time at most, so that they wait for one another only.
async fn many_workers_share_one_connection<DB: FaultEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, DB::book_and_confirm()).await;
    shop.place((1..=10).map(placed)).await;
    let options = database.pool.connect_options();
    let pool = PoolOptions::<DB>::new().max_connections(1);
    let pool = pool.connect_with((*options).clone()).await.unwrap();
    let other = Shop::unregistered(database, DB::book_and_confirm()).await;
    let store = Durable::with_pool(pool);
    store.register(&other.registry).await.unwrap();
    let workers = store.worker().concurrency(3).spawn_tokio();
    shop.drained().await;
    stop(workers).await;
    assert_eq!(
        database.numbers("SELECT number FROM entry").await,
        (1..=10).collect::<Vec<_>>()
    );
}

/// A trigger stands for a disk that is full.
#[tokio::test]
async fn workers_wait_until_the_disk_of_postgres_has_space() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let (log, _guard) = Log::start();
    let mut shop = Shop::open(&database, subscribers![confirm]).await;
    shop.place([placed(1)]).await;
    let full = "CREATE FUNCTION full_disk() RETURNS TRIGGER LANGUAGE plpgsql AS $$
        BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT OR UPDATE ON ev_delivery EXECUTE FUNCTION full_disk()";
    Postgres::run(&database.pool, full).await;
    let workers = shop.work();
    log.wait_for("no space left").await;
    let mut tx = shop.begin().await;
    tx.emit(placed(2)).await.unwrap();
    let error = format!("{:?}", tx.commit().await.unwrap_err());
    assert!(error.contains("Full("), "{error}");
    Postgres::run(&database.pool, "DROP TRIGGER full_disk ON ev_delivery").await;
    assert_eq!(shop.next().await, CONFIRMED);
    shop.drained().await;
    stop(workers).await;
    assert_eq!(log.count("the workers cannot use the database"), 1);
}

/// The connection of LISTEN is ended again and again: the poll finds what is stored.
#[tokio::test]
async fn without_notifications_the_poll_delivers() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let mut shop = Shop::open(&database, subscribers![slow]).await;
    let other = Shop::open(&database, subscribers![slow]).await;
    let workers = shop.work();
    let schema = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'";
    while database.numbers(schema).await == [0] {
        tokio::task::yield_now().await;
    }
    for order in 0..5 {
        let end = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()";
        database.numbers(end).await;
        other.place([placed(order)]).await;
        assert_eq!(shop.next().await, format!("slow {order}"));
    }
    shop.drained().await;
    stop(workers).await;
}

#[tokio::test]
async fn a_url_that_opens_nothing_is_an_error_with_its_remedy() {
    async fn check<DB: FaultEngine>(url: &str, expected: &str) {
        let error = Durable::<DB>::connect(url).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{url}: {error}");
    }
    let missing = std::env::temp_dir().join("no such folder/shop.db");
    for url in [
        missing.display().to_string(),
        format!("sqlite:{}", missing.display()),
    ] {
        check::<Sqlite>(&url, "ends in `?mode=rwc`, and never its folder").await;
    }
    let of_postgres = "begins with `postgres:`, and this store is one of SQLite";
    check::<Sqlite>("postgres://ada:secret@localhost/shop", of_postgres).await;
    let of_sqlite = "begins with `sqlite:`, and this store is one of PostgreSQL";
    check::<Postgres>("sqlite:shop.db?mode=rwc", of_sqlite).await;
    // One of SQLite itself.
    let file = format!("file:{}", missing.display());
    check::<Sqlite>(&file, "ends in `?mode=rwc`, and never its folder").await;
}

/// A purge waits for a table that is locked.
#[tokio::test]
async fn a_purge_that_takes_long_delays_no_delivery() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let mut shop = Shop::open(&database, subscribers![confirm]).await;
    shop.place([placed(1)]).await;
    let store = Durable::with_pool(database.pool.clone()).retain(Duration::ZERO);
    let other = Shop::unregistered(&database, subscribers![confirm]).await;
    store.register(&other.registry).await.unwrap();
    drop(std::mem::replace(&mut shop, other));
    let mut lock = database.pool.begin().await.unwrap();
    Postgres::run_on(&mut lock, "LOCK TABLE ev_kept").await;
    let workers = store.worker().spawn_tokio();
    let waits =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'ev_kept'::regclass";
    while database.numbers(waits).await == [0] {
        tokio::task::yield_now().await;
    }
    assert_eq!(shop.next().await, CONFIRMED);
    shop.drained().await;
    let again = "INSERT INTO ev_delivery (seq, subscriber, state, due) SELECT seq, 'mail.confirm', 1, 0 FROM ev_event";
    Postgres::run(&database.pool, again).await;
    let received = tokio::time::timeout(Duration::from_secs(20), shop.next()).await;
    assert_eq!(received.expect("the workers deliver"), CONFIRMED);
    lock.rollback().await.unwrap();
    stop(workers).await;
}
