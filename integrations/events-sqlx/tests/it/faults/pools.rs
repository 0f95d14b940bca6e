//! A pool that is closed, a registry that is dropped before the commit, and a check that times out.

use std::{
    future::{pending, poll_fn},
    task::Poll,
    time::Duration,
};

use events_core::{Registry, record::Creating};
use events_sqlx::{Tx, TxError};

use super::{begin, place};
use crate::{
    database::{Database, TestBackend, on_both},
    journaled,
};

async fn a_pool_is_closed<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let mut tx = begin(database, &registry).await;
    place(&mut tx, "a").await;
    // It is closed by the first poll, and waits for the connection of the transaction.
    let mut close = Box::pin(database.pool.close());
    let is_closing = poll_fn(|context| Poll::Ready(close.as_mut().poll(context).is_pending()));
    assert!(is_closing.await);
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
    let error = TxError::from(tx.creating(7_u8).await.err().unwrap());
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
