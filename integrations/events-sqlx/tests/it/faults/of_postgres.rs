//! Transactions that PostgreSQL ends: serialization failures, deadlocks, and lost connections.

use events_core::Registry;
use events_sqlx::{Tx, TxError};
use sqlx::{AssertSqlSafe, PgPool, Postgres};
use tokio::sync::Barrier;

use super::{begin, place};
use crate::{
    Journal, Saved,
    database::{Database, TestBackend},
    journaled,
};

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
        let alive: i64 = is_alive.await.unwrap();
        if alive == 0 {
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
