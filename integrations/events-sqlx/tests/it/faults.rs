//! What fails around a transaction, by no fault of it: conflicts with other transactions, lost connections, a pool that is closed, a registry
//! that is dropped, and a check that times out. No event of what is not committed, and the next transaction is clean.

use std::{
    future::{pending, poll_fn},
    task::Poll,
    time::Duration,
};

use events_core::{Registry, record::Creating};
use events_sqlx::{Tx, TxError};
use sqlx::{AssertSqlSafe, PgPool, Postgres};
use tokio::sync::Barrier;

use crate::{
    Journal, Saved,
    database::{Database, TestBackend, on_both, save},
    journaled,
};

/// Saves an item, and emits it.
async fn place<DB: TestBackend>(tx: &mut Tx<'_, DB>, name: &str) {
    save::<DB>(tx.conn(), name).await;
    tx.emit(Saved(name.to_owned())).await.unwrap();
}

async fn begin<DB: TestBackend>(database: &Database<DB>, registry: &Registry) -> Tx<'static, DB> {
    let tx = Tx::begin(&database.pool).await.unwrap();
    tx.with_registry(registry)
}

async fn a_pool_is_closed<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let mut tx = begin(database, &registry).await;
    place(&mut tx, "a").await;
    // It is closed by the first poll, and waits for the connection of the transaction.
    let mut close = Box::pin(database.pool.close());
    poll_fn(|context| Poll::Ready(assert!(close.as_mut().poll(context).is_pending()))).await;
    let error = Tx::begin(&database.pool).await.unwrap_err();
    assert!(
        matches!(error, TxError::Database(sqlx::Error::PoolClosed)),
        "{error}"
    );
    place(&mut tx, "b").await;
    assert!(journal.take().is_empty());
    tx.commit().await.unwrap();
    close.await;
    assert_eq!(journal.take(), ["a", "b"]);
    assert_eq!(database.committed().await, ["a", "b"]);
}

/// A transaction keeps its registry, and what it holds keeps the subscribers of the emit.
async fn a_registry_is_dropped_before_the_commit<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let mut tx = begin(database, &registry).await;
    place(&mut tx, "a").await;
    drop(registry);
    place(&mut tx, "b").await;
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["a", "b"]);

    // The current one, which nothing else keeps.
    let (registry, journal) = journaled();
    let scope = registry.enter();
    let mut tx = Tx::begin(&database.pool).await.unwrap();
    place(&mut tx, "c").await;
    drop(scope);
    drop(registry);
    let other = Registry::new().enter();
    tx.commit().await.unwrap();
    drop(other);
    assert_eq!(journal.take(), ["c"]);
}

async fn a_check_that_times_out_refuses_the_write<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let never = async |_: &mut Creating<u8>| pending::<()>().await;
    let never = registry.subscribe_awaited(never).id("never");
    let never = never.timeout(Duration::from_millis(1)).register();
    never.unwrap().detach();
    let mut tx = begin(database, &registry).await;
    let error = TxError::from(tx.creating(7).await.err().unwrap());
    assert_eq!(error.veto_reason(), None);
    let failed = error.failed_check().unwrap();
    assert_eq!(failed.name(), Some("never"));
    assert!(failed.cause().contains("its `timeout`"), "{error}");
    // The rest is committed.
    place(&mut tx, "a").await;
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["a"]);
    database.check_clean("refused").await;
}

on_both! {
    a_pool_is_closed;
    a_registry_is_dropped_before_the_commit;
    a_check_that_times_out_refuses_the_write;
}

/// A database of PostgreSQL with an event for each commit; `None` if there is no server.
async fn postgres() -> Option<(Database<Postgres>, Registry, Journal)> {
    let database = Postgres::create().await?;
    let (registry, journal) = journaled();
    Some((database, registry, journal))
}

async fn run(pool: &PgPool, statements: &str) {
    let statements = AssertSqlSafe(statements.to_owned());
    sqlx::raw_sql(statements).execute(pool).await.unwrap();
}

async fn update(tx: &mut Tx<'_, Postgres>, old: &str, new: &str) -> sqlx::Result<()> {
    let update = sqlx::query("UPDATE item SET name = $1 WHERE name LIKE $2");
    let update = update.bind(new).bind(format!("{old}%"));
    update.execute(tx.conn()).await.map(drop)
}

#[tokio::test]
async fn a_serialization_failure_emits_nothing() {
    let Some((database, registry, journal)) = postgres().await else {
        return;
    };
    run(&database.other, "INSERT INTO item VALUES ('one')").await;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    let tx = Tx::begin_with(&database.pool, begin).await.unwrap();
    let mut tx = tx.with_registry(&registry);
    assert_eq!(Postgres::items(tx.conn()).await.unwrap(), ["one"]);
    run(&database.other, "UPDATE item SET name = 'one by another'").await;
    let mut point = tx.savepoint().await.unwrap();
    point.emit(Saved("lost".to_owned())).await.unwrap();
    let error = update(&mut point, "one", "mine").await.unwrap_err();
    assert!(error.to_string().contains("could not serialize"), "{error}");
    point.rollback().await.unwrap();
    tx.emit(Saved("lost".to_owned())).await.unwrap();
    update(&mut tx, "one", "mine").await.unwrap_err();
    let error = tx.commit().await.unwrap_err();
    assert!(matches!(error, TxError::Aborted), "{error}");
    assert!(journal.take().is_empty());
    database.check_clean("aborted").await;
}

#[tokio::test]
async fn a_deadlock_emits_nothing_of_the_transaction_that_is_ended() {
    let Some((database, registry, journal)) = postgres().await else {
        return;
    };
    run(&database.other, "INSERT INTO item VALUES ('one'), ('two')").await;
    let both_hold = Barrier::new(2);
    let write = async |pool: &PgPool, first: &str, second: &str, name: &str| {
        let mut tx = Tx::begin(pool).await?.with_registry(&registry);
        Postgres::run(tx.conn(), "SET LOCAL deadlock_timeout = 1").await?;
        update(&mut tx, first, &format!("{first} {name}")).await?;
        tx.emit(Saved(name.to_owned())).await?;
        both_hold.wait().await;
        update(&mut tx, second, &format!("{second} {name}")).await?;
        tx.commit().await
    };
    let (left, right) = tokio::join!(
        write(&database.pool, "one", "two", "left"),
        write(&database.other, "two", "one", "right")
    );
    let (winner, error) = match (left, right) {
        (Ok(()), Err(error)) => ("left", error),
        (Err(error), Ok(())) => ("right", error),
        other => panic!("one of them is ended: {other:?}"),
    };
    assert!(error.to_string().contains("deadlock detected"), "{error}");
    assert_eq!(journal.take(), [winner]);
    let committed = database.committed().await;
    assert!(
        committed.iter().all(|name| name.ends_with(winner)),
        "{committed:?}"
    );
    database.check_clean("a deadlock").await;
}

/// The number of the process of the server for this connection.
async fn process(tx: &mut Tx<'_, Postgres>) -> i32 {
    let process = sqlx::query_scalar("SELECT pg_backend_pid()");
    process.fetch_one(tx.conn()).await.unwrap()
}

/// Ends a connection, and waits until the server has ended it.
async fn terminate(database: &Database<Postgres>, process: i32) {
    let terminate = format!("SELECT pg_terminate_backend({process})");
    run(&database.other, &terminate).await;
    loop {
        let is_alive = sqlx::query_scalar("SELECT count(*) FROM pg_stat_activity WHERE pid = $1");
        let is_alive = is_alive.bind(process).fetch_one(&database.other);
        if is_alive.await.unwrap() == 0_i64 {
            return;
        }
        tokio::task::yield_now().await;
    }
}

/// The connection that is lost is not used again.
async fn check_next(database: &Database<Postgres>, registry: &Registry, journal: &Journal) {
    assert!(journal.take().is_empty());
    let mut tx = begin(database, registry).await;
    place(&mut tx, "next").await;
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["next"]);
    assert_eq!(database.committed().await, ["next"]);
    database.clear().await;
}

#[tokio::test]
async fn a_connection_that_is_lost_in_a_transaction() {
    let Some((database, registry, journal)) = postgres().await else {
        return;
    };
    // Between two statements.
    let mut tx = begin(&database, &registry).await;
    place(&mut tx, "a").await;
    terminate(&database, process(&mut tx).await).await;
    update(&mut tx, "a", "b").await.unwrap_err();
    tx.commit().await.unwrap_err();
    check_next(&database, &registry, &journal).await;

    // Before the commit.
    let mut tx = begin(&database, &registry).await;
    place(&mut tx, "a").await;
    terminate(&database, process(&mut tx).await).await;
    let error = tx.commit().await.unwrap_err();
    assert!(matches!(error, TxError::Database(_)), "{error}");
    check_next(&database, &registry, &journal).await;

    // In a savepoint.
    let mut tx = begin(&database, &registry).await;
    let mut point = tx.savepoint().await.unwrap();
    place(&mut point, "a").await;
    terminate(&database, process(&mut point).await).await;
    point.commit().await.unwrap_err();
    tx.commit().await.unwrap_err();
    check_next(&database, &registry, &journal).await;

    // Dropped: rolled back on a task.
    let mut tx = begin(&database, &registry).await;
    place(&mut tx, "a").await;
    terminate(&database, process(&mut tx).await).await;
    drop(tx);
    check_next(&database, &registry, &journal).await;
}

#[tokio::test]
async fn a_connection_that_is_lost_in_the_commit() {
    let Some((database, registry, journal)) = postgres().await else {
        return;
    };
    let ends = "
        CREATE FUNCTION end_connection() RETURNS trigger AS $$ BEGIN
            IF NEW.name = 'ends' THEN PERFORM pg_terminate_backend(pg_backend_pid()); END IF;
            RETURN NULL; END $$ LANGUAGE plpgsql;
        CREATE CONSTRAINT TRIGGER end_connection AFTER INSERT ON item DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION end_connection();
    ";
    run(&database.other, ends).await;
    let mut tx = begin(&database, &registry).await;
    place(&mut tx, "ends").await;
    let error = tx.commit().await.unwrap_err();
    assert!(matches!(error, TxError::Database(_)), "{error}");
    assert!(database.committed().await.is_empty());
    check_next(&database, &registry, &journal).await;
}
