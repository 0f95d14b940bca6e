//! Commits of PostgreSQL that commit nothing: a failed statement was ignored, or the transaction was ended by a statement. The statement
//! that stores an event shows neither what was before nor what comes after it.

use events_core::subscribers;
use events_sqlx::TxError;
use sqlx::Postgres;

use crate::{
    database::{Database, TestEngine},
    shop::{Shop, confirm, placed},
};

/// One event with a key is stored by another statement than several.
#[tokio::test]
async fn a_commit_that_is_none_is_an_error_also_when_an_event_was_stored() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let shop = Shop::open(&database, subscribers![confirm]).await;
    for events in [1, 2] {
        check(&database, &shop, events, [None, None], "ok", events).await;
        check(
            &database,
            &shop,
            events,
            [Some("SELECT nothing"), None],
            "commit",
            0,
        )
        .await;
        check(
            &database,
            &shop,
            events,
            [None, Some("SELECT nothing")],
            "aborted",
            0,
        )
        .await;
        // It is stored by a statement that is a transaction of its own.
        check(
            &database,
            &shop,
            events,
            [Some("COMMIT"), None],
            "ended",
            events,
        )
        .await;
        check(
            &database,
            &shop,
            events,
            [None, Some("COMMIT")],
            "ended",
            events,
        )
        .await;
        check(
            &database,
            &shop,
            events,
            [None, Some("ROLLBACK")],
            "ended",
            0,
        )
        .await;
    }
}

/// Executes a statement before the events are stored and one after that, and ignores their errors. `expected`: how the commit ends;
/// `stored`: how many events there are then.
async fn check(
    database: &Database<Postgres>,
    shop: &Shop<Postgres>,
    events: u32,
    [before, after]: [Option<&'static str>; 2],
    expected: &str,
    stored: u32,
) {
    <Postgres as TestEngine>::run(&database.pool, "DELETE FROM ev_event").await;
    let mut tx = shop.begin().await;
    for number in 0..events {
        tx.emit(placed(number.into())).await.unwrap();
    }
    if let Some(statement) = before {
        let _ = sqlx::raw_sql(statement).execute(tx.conn()).await;
    }
    if let Some(statement) = after {
        tx.before_commit(move |mut tx| {
            Box::pin(async move {
                let _ = sqlx::raw_sql(statement).execute(tx.conn()).await;
                Ok(())
            })
        });
    }
    let ended = match tx.commit().await {
        Ok(()) => "ok",
        Err(TxError::Aborted) => "aborted",
        Err(TxError::Ended) => "ended",
        Err(TxError::Commit(_)) => "commit",
        Err(error) => panic!("{error}"),
    };
    let what = format!("{events}, {before:?}, {after:?}");
    assert_eq!(ended, expected, "{what}");
    let count = database.numbers("SELECT count(*) FROM ev_event").await;
    assert_eq!(count, [i64::from(stored)], "{what}");
}
