//! Transactions of SeaORM: what is emitted in one is stored in it, and a durable subscriber takes that of its delivery.

use std::{
    sync::atomic::Ordering,
    time::{Duration, SystemTime},
};

use events_core::{Event, State, scanning::Subscribers, subscriber, subscribers};
use events_durable::{Delivery, EmitAt};
use events_seaorm::{Db, UnitTx, transaction};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqlxPostgresConnector,
    SqlxSqliteConnector, TransactionTrait,
};
use sqlx::{Pool, Postgres, Sqlite};

use crate::{
    database::{Database, TestEngine, on_both},
    failing::CONFLICT,
    faults::{FaultEngine, assert_written_once_if_cut_off},
    shop::{
        AT_ONCE, Booked, Faults, Journal, Placed, Shop, confirm, note, placed, placed_by, stop,
    },
};

on_both! {
    what_is_committed_is_delivered;
    what_is_rolled_back_is_not_stored;
    savepoints_take_their_own_back;
    a_batch_is_in_the_order_of_its_emits;
    an_event_that_is_due_later_waits;
    what_a_subscriber_writes_is_one_transaction_with_its_mark;
    deliveries_of_one_key_come_in_order;
    what_a_failed_attempt_wrote_is_rolled_back;
    an_error_that_the_subscriber_ignores_does_not_mark_it_done;
    what_a_worker_that_is_cut_off_has_committed_is_not_repeated;
    two_transactions_are_a_problem;
    a_database_without_the_tables_names_the_remedy;
}

const STORED: &str = "SELECT count(*) FROM ev_event";

/// A database whose pool is one of SeaORM as well.
pub(crate) trait OrmEngine: FaultEngine {
    fn orm(pool: Pool<Self>) -> DatabaseConnection;

    /// A subscriber that takes a transaction of SeaORM and one of sqlx.
    fn both() -> Subscribers;
}

impl OrmEngine for Sqlite {
    fn orm(pool: Pool<Self>) -> DatabaseConnection {
        SqlxSqliteConnector::from_sqlx_sqlite_pool(pool)
    }

    fn both() -> Subscribers {
        subscribers![both_sqlite]
    }
}

impl OrmEngine for Postgres {
    fn orm(pool: Pool<Self>) -> DatabaseConnection {
        SqlxPostgresConnector::from_sqlx_postgres_pool(pool)
    }

    fn both() -> Subscribers {
        subscribers![both_postgres]
    }
}

pub(crate) fn db<DB: OrmEngine>(shop: &Shop<DB>) -> Db {
    Db::new(DB::orm(shop.store.pool().clone())).with_registry(&shop.registry)
}

async fn what_is_committed_is_delivered<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let workers = shop.work();
    let placing = async |tx: &events_seaorm::Tx| -> Result<(), DbErr> {
        tx.execute_unprepared("INSERT INTO entry VALUES (1)")
            .await?;
        tx.emit(placed(1)).await?;
        tx.emit(placed(2)).await?;
        Ok(())
    };
    transaction(&db(&shop), placing).await.unwrap();
    let mut heard = shop.next_n(2).await;
    heard.sort();
    assert_eq!(heard, ["confirm 1 (1 of 3) ", "confirm 2 (1 of 3) "]);
    shop.drained().await;
    stop(workers).await;
    assert!(shop.is_silent());
}

async fn what_is_rolled_back_is_not_stored<DB: OrmEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let failing = async |tx: &events_seaorm::Tx| -> Result<(), DbErr> {
        tx.emit(placed(1)).await?;
        Err(DbErr::Custom("an error that a test wants".into()))
    };
    transaction(&db(&shop), failing).await.unwrap_err();
    assert_eq!(database.numbers(STORED).await, [0]);
}

async fn savepoints_take_their_own_back<DB: OrmEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let tx = db(&shop).begin().await.unwrap();
    tx.emit(placed(1)).await.unwrap();
    let point = tx.begin().await.unwrap();
    point.emit(placed(2)).await.unwrap();
    point.rollback().await.unwrap();
    let point = tx.begin().await.unwrap();
    point.emit(placed(3)).await.unwrap();
    point.commit().await.unwrap();
    drop({
        let point = tx.begin().await.unwrap();
        point.emit(placed(4)).await.unwrap();
        point
    });
    tx.commit().await.unwrap();
    assert_eq!(database.numbers(STORED).await, [2]);
}

async fn a_batch_is_in_the_order_of_its_emits<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, DB::book()).await;
    let tx = db(&shop).begin().await.unwrap();
    for order in 0..20 {
        let customer = ["ada", "bob"][usize::from(order % 2 == 1)];
        tx.emit(placed_by(order, customer)).await.unwrap();
    }
    tx.commit().await.unwrap();
    let workers = shop.work();
    let heard = shop.next_n(20).await;
    shop.drained().await;
    stop(workers).await;
    for rest in [0, 1] {
        let orders = heard
            .iter()
            .map(|text| text.trim_start_matches("book ").parse::<u64>().unwrap());
        let of_key: Vec<_> = orders.filter(|order| order % 2 == rest).collect();
        assert!(of_key.len() == 10 && of_key.is_sorted(), "{heard:?}");
    }
}

async fn an_event_that_is_due_later_waits<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let later = SystemTime::now() + Duration::from_secs(3600);
    let tx = db(&shop).begin().await.unwrap();
    tx.emit_at(&shop.store, later, &placed(1)).unwrap();
    tx.emit(placed(2)).await.unwrap();
    tx.commit().await.unwrap();
    let workers = shop.work();
    assert_eq!(shop.next().await, "confirm 2 (1 of 3) ");
    // The worker has looked for others before it finds this one.
    shop.place([placed(3)]).await;
    assert_eq!(shop.next().await, "confirm 3 (1 of 3) ");
    stop(workers).await;
    assert!(shop.is_silent());
    database.let_time_pass().await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}

/// With a key it is marked done behind its call, and without one before it.
async fn write(
    event: &Placed,
    tx: &events_seaorm::Tx,
    journal: &Journal,
    faults: &Faults,
) -> Result<(), DbErr> {
    let row = format!("INSERT INTO entry VALUES ({})", event.order);
    tx.execute_unprepared(&row).await?;
    faults.meet().map_err(DbErr::Custom)?;
    tx.emit(Booked(event.order)).await?;
    note(journal, format!("book {}", event.order));
    Ok(())
}

#[subscriber(durable = "orm.book", per_key, retry = AT_ONCE)]
async fn book_in_order(
    event: &Placed,
    tx: &events_seaorm::Tx,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
) -> Result<(), DbErr> {
    write(event, tx, &journal, &faults).await
}

#[subscriber(durable = "orm.enter", retry = AT_ONCE)]
async fn book(
    event: &Placed,
    tx: &events_seaorm::Tx,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
) -> Result<(), DbErr> {
    write(event, tx, &journal, &faults).await
}

#[subscriber(durable = "orm.ignore", retry = AT_ONCE)]
async fn ignore(_: &Placed, tx: &events_seaorm::Tx, faults: State<'_, Faults>) {
    if faults.meet().is_err() {
        let refused = tx.execute_unprepared("INSERT INTO missing VALUES (1)");
        refused.await.unwrap_err();
        panic_on_sqlite(tx);
    }
}

/// SQLite, unlike PostgreSQL, would commit the rest.
fn panic_on_sqlite(tx: &events_seaorm::Tx) {
    let backend = tx.get_database_backend();
    assert!(backend == DbBackend::Postgres, "a panic that a test wants");
}

#[subscriber(durable = "orm.both")]
async fn both_sqlite(_: &Placed, _: &events_seaorm::Tx, _: events_sqlx::Tx<'_, Sqlite>) {}

#[subscriber(durable = "orm.both.postgres")]
async fn both_postgres(_: &Placed, _: &events_seaorm::Tx, _: events_sqlx::Tx<'_, Postgres>) {}

async fn what_a_subscriber_writes_is_one_transaction_with_its_mark<DB: OrmEngine>(
    database: &Database<DB>,
) {
    for (order, subscribers) in [(1, subscribers![book]), (2, subscribers![book_in_order])] {
        let mut shop = Shop::open(database, subscribers).await;
        shop.place([placed(order)]).await;
        let workers = shop.work();
        assert_eq!(shop.next().await, format!("book {order}"));
        shop.drained().await;
        stop(workers).await;
        DB::run(&database.pool, "DELETE FROM ev_route").await;
        let rows = format!("SELECT count(*) FROM entry WHERE number = {order}");
        assert_eq!(database.numbers(&rows).await, [1]);
    }
    // What they have emitted is stored as well, and knows its parent.
    let nested = "SELECT count(*) FROM ev_event e, ev_event p WHERE e.topic = 'shop.booked' AND e.parent = p.id";
    assert_eq!(database.numbers(nested).await, [2]);
}

async fn deliveries_of_one_key_come_in_order<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![book_in_order]).await;
    shop.place((0..10).map(placed)).await;
    let worker = shop.store.worker().concurrency(3);
    let workers = worker
        .poll_interval(Duration::from_millis(20))
        .spawn_tokio();
    let expected: Vec<_> = (0..10).map(|order| format!("book {order}")).collect();
    assert_eq!(shop.next_n(10).await, expected);
    shop.drained().await;
    stop(workers).await;
}

async fn what_a_failed_attempt_wrote_is_rolled_back<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![book, book_in_order]).await;
    shop.faults.errors.store(2, Ordering::Relaxed);
    shop.faults.panics.store(2, Ordering::Relaxed);
    shop.place([placed(1)]).await;
    let workers = shop.work();
    assert_eq!(shop.next_n(2).await, ["book 1", "book 1"]);
    shop.drained().await;
    stop(workers).await;
    assert_eq!(database.numbers("SELECT number FROM entry").await, [1, 1]);
    let emitted = "SELECT count(*) FROM ev_event WHERE topic = 'shop.booked'";
    assert_eq!(database.numbers(emitted).await, [2]);
}

async fn an_error_that_the_subscriber_ignores_does_not_mark_it_done<DB: OrmEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, subscribers![ignore]).await;
    shop.faults.errors.store(3, Ordering::Relaxed);
    shop.place([placed(1)]).await;
    let workers = shop.work();
    shop.drained().await;
    stop(workers).await;
    let letters = shop.store.dead("orm.ignore").list(10).await.unwrap();
    assert_eq!((letters.len(), letters[0].failed), (1, 3));
}

async fn what_a_worker_that_is_cut_off_has_committed_is_not_repeated<DB: OrmEngine>(
    database: &Database<DB>,
) {
    for subscribers in [subscribers![book], subscribers![book_in_order]] {
        let shop = Shop::open(database, subscribers).await;
        assert_written_once_if_cut_off(&shop, database).await;
        DB::run(&database.pool, "DELETE FROM entry; DELETE FROM ev_route").await;
    }
}

async fn two_transactions_are_a_problem<DB: OrmEngine>(database: &Database<DB>) {
    let shop = Shop::unregistered(database, DB::both()).await;
    let registered = shop.store.register(&shop.registry).await;
    let error = registered.unwrap_err().to_string();
    assert!(
        error.contains("a delivery is in one transaction"),
        "{error}"
    );
}

#[subscriber(durable = "orm.conflict", retry = AT_ONCE)]
async fn conflict(
    _: &Placed,
    tx: &events_seaorm::Tx,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
    delivery: Delivery<'_>,
) -> Result<(), DbErr> {
    note(&journal, format!("attempt {}", delivery.attempt()));
    if faults.meet().is_err() {
        tx.execute_unprepared(CONFLICT).await?;
    }
    Ok(())
}

#[subscriber(durable = "orm.conflict_before_commit", retry = AT_ONCE)]
async fn conflict_before_commit(
    _: &Placed,
    tx: &events_seaorm::Tx,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
    delivery: Delivery<'_>,
) {
    note(&journal, format!("attempt {}", delivery.attempt()));
    if faults.meet().is_err() {
        let tx = UnitTx::of(&tx.handle()).unwrap();
        let added = tx.before_commit(async |tx| {
            tx.execute_unprepared(CONFLICT).await?;
            Ok(())
        });
        added.unwrap();
    }
}

#[derive(Event, Clone)]
struct Checked;

#[subscriber(awaited)]
async fn conflict_of_checked(
    _: &Checked,
    tx: &events_seaorm::Tx,
    faults: State<'_, Faults>,
) -> Result<(), DbErr> {
    if faults.meet().is_err() {
        tx.execute_unprepared(CONFLICT).await?;
    }
    Ok(())
}

#[subscriber(durable = "orm.conflict_in_emit", retry = AT_ONCE)]
async fn conflict_in_emit(
    _: &Placed,
    tx: &events_seaorm::Tx,
    journal: State<'_, Journal>,
    delivery: Delivery<'_>,
) -> Result<(), DbErr> {
    note(&journal, format!("attempt {}", delivery.attempt()));
    tx.emit(Checked).await?;
    Ok(())
}

#[tokio::test]
async fn a_conflict_is_no_attempt() {
    for subscribers in [
        subscribers![conflict],
        subscribers![conflict_before_commit],
        subscribers![conflict_in_emit, conflict_of_checked],
    ] {
        let Some(database) = Postgres::create().await else {
            return;
        };
        let mut shop = Shop::open(&database, subscribers).await;
        shop.faults.errors.store(5, Ordering::Relaxed);
        shop.place([placed(1)]).await;
        let workers = shop.work();
        for _ in 0..6 {
            assert_eq!(shop.next().await, "attempt 1");
        }
        shop.drained().await;
        stop(workers).await;
    }
}

/// It may be another one than that of the store.
async fn a_database_without_the_tables_names_the_remedy<DB: OrmEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    DB::run(&database.pool, "ALTER TABLE ev_event RENAME TO ev_gone").await;
    let placing = async |tx: &events_seaorm::Tx| -> Result<(), DbErr> {
        tx.emit(placed(1)).await?;
        Ok(())
    };
    let error = transaction(&db(&shop), placing).await.unwrap_err();
    assert!(error.to_string().contains("call `migrate()`"), "{error}");
}
