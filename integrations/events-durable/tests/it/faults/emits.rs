//! Emits of a durable subscriber that fail, since another transaction is in the way or the connection is lost: no failure of the
//! subscriber, unless it handles that.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use events_core::{Event, State, failures::BoxError, subscriber, subscribers};
use events_durable::Delivery;
use events_sqlx::{Tx, TxError};
use sqlx::Postgres;
use tokio::time::timeout;

use super::conflicts::{Conflict, Moved, ONCE, check_not_counted, emit, moved, open};
use crate::{
    database::TestEngine,
    shop::{Journal, note, stop},
};

/// With a statement, which fails in the first call.
#[derive(Event, Clone)]
struct Checked(&'static str);

#[subscriber(awaited)]
async fn fails_in_the_emit(
    event: &Checked,
    mut tx: Tx<'_, Postgres>,
    calls: State<'_, Arc<AtomicU32>>,
) -> Result<(), TxError> {
    if calls.fetch_add(1, Ordering::Relaxed) == 0 {
        sqlx::raw_sql(event.0).execute(tx.conn()).await?;
    }
    Ok(())
}

/// In the way of another transaction.
#[subscriber(durable = "conflict.emit", retry = ONCE)]
async fn passes_a_conflict_on(
    event: &Moved,
    mut tx: Tx<'_, Postgres>,
    journal: State<'_, Journal>,
    delivery: Delivery<'_>,
) -> Result<(), BoxError> {
    note(&journal, format!("{} {}", event.from, delivery.attempt()));
    let conflict = "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40001'; END $$";
    tx.emit(Checked(conflict)).await?;
    Ok(())
}

#[derive(Event, Clone)]
struct CheckedAtOnce;

/// Fails in the first call as one whose transaction is in the way of another one.
#[subscriber]
fn fails_in_the_sync_emit(
    _: &CheckedAtOnce,
    calls: State<'_, Arc<AtomicU32>>,
) -> Result<(), sqlx::Error> {
    match calls.fetch_add(1, Ordering::Relaxed) {
        0 => Err(sqlx::Error::Database(Box::new(Conflict))),
        _ => Ok(()),
    }
}

#[subscriber(durable = "conflict.emit_sync", retry = ONCE)]
async fn passes_a_conflict_of_a_sync_emit_on(
    event: &Moved,
    mut tx: Tx<'_, Postgres>,
    journal: State<'_, Journal>,
    delivery: Delivery<'_>,
) -> Result<(), BoxError> {
    note(&journal, format!("{} {}", event.from, delivery.attempt()));
    tx.emit_sync(CheckedAtOnce)?;
    Ok(())
}

#[subscriber(durable = "conflict.emit_cut", retry = ONCE)]
async fn passes_a_lost_connection_on(
    event: &Moved,
    mut tx: Tx<'_, Postgres>,
    journal: State<'_, Journal>,
    delivery: Delivery<'_>,
) -> Result<(), BoxError> {
    note(&journal, format!("{} {}", event.from, delivery.attempt()));
    tx.emit(Checked("SELECT pg_terminate_backend(pg_backend_pid())"))
        .await?;
    Ok(())
}

#[tokio::test]
async fn a_conflict_in_an_emit_of_the_subscriber_counts_no_attempt() {
    check_not_counted(subscribers![passes_a_conflict_on, fails_in_the_emit]).await;
    let sync = subscribers![passes_a_conflict_of_a_sync_emit_on, fails_in_the_sync_emit];
    check_not_counted(sync).await;
}

#[tokio::test]
async fn a_connection_that_is_lost_in_an_emit_of_the_subscriber_counts_no_attempt() {
    check_not_counted(subscribers![passes_a_lost_connection_on, fails_in_the_emit]).await;
}

/// Fails as one whose transaction is in the way of another one.
#[subscriber(awaited)]
async fn conflicts_in_the_emit(_: &Checked) -> Result<(), sqlx::Error> {
    Err(sqlx::Error::Database(Box::new(Conflict)))
}

/// Ignores the conflict, and fails for a reason of its own.
#[subscriber(durable = "conflict.handled", retry = ONCE)]
async fn handles_a_conflict(_: &Moved, mut tx: Tx<'_, Postgres>) -> Result<(), &'static str> {
    let _ = tx.emit(Checked("")).await;
    Err("the account is closed")
}

#[tokio::test]
async fn a_failure_after_a_conflict_that_was_handled_counts() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let subscribers = subscribers![handles_a_conflict, conflicts_in_the_emit];
    let shop = open(&database, subscribers).await;
    emit(&shop, [moved("a", None)]).await;
    let workers = shop.work();
    let ended = timeout(Duration::from_secs(60), shop.drained()).await;
    ended.expect("it is not repeated");
    stop(workers).await;
    let letters = shop.store.dead("conflict.handled").list(9).await.unwrap();
    assert_eq!((letters.len(), letters[0].failed), (1, 1));
    let calls = "SELECT CAST(fence AS BIGINT) FROM ev_delivery";
    assert_eq!(database.numbers(calls).await, [1]);
}
