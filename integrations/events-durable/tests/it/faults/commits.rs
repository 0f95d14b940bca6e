//! Commits of PostgreSQL that commit nothing: a failed statement was ignored, or the transaction was ended by a statement. The statement
//! that stores an event shows neither what was before nor what comes after it.

use events_core::subscribers;
use events_sqlx::TxError;
use sqlx::Postgres;

use crate::{
    database::{Database, TestEngine},
    shop::{Booked, Shop, confirm, placed},
};

/// What is stored, each by a statement of its own: an event with a key, one without, and several.
const STORED: [(u64, u64); 3] = [(1, 0), (0, 1), (1, 1)];

/// Which statements are executed before the events are stored and after that, how the commit ends, and whether the events are stored
/// then.
const CASES: [([Option<&str>; 2], &str, bool); 6] = [
    ([None, None], "ok", true),
    ([Some("SELECT nothing"), None], "commit", false),
    ([None, Some("SELECT nothing")], "aborted", false),
    // The statement that stores them is a transaction of its own.
    ([Some("COMMIT"), None], "ended", true),
    ([None, Some("COMMIT")], "ended", true),
    ([None, Some("ROLLBACK")], "ended", false),
];

#[tokio::test]
async fn a_commit_that_is_none_is_an_error_also_when_an_event_was_stored() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let shop = Shop::open(&database, subscribers![confirm]).await;
    for stored in STORED {
        for (statements, expected, is_stored) in CASES {
            check(&database, &shop, stored, statements, (expected, is_stored)).await;
        }
    }
}

/// The errors of the statements are ignored.
async fn check(
    database: &Database<Postgres>,
    shop: &Shop<Postgres>,
    (with_key, without): (u64, u64),
    [before, after]: [Option<&'static str>; 2],
    (expected, is_stored): (&str, bool),
) {
    <Postgres as TestEngine>::run(&database.pool, "DELETE FROM ev_event").await;
    let mut tx = shop.begin().await;
    for number in 0..with_key {
        tx.emit(placed(number)).await.unwrap();
    }
    for number in 0..without {
        tx.emit(Booked(number)).await.unwrap();
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
    let what = format!("{with_key} and {without}, {before:?}, {after:?}");
    assert_eq!(ended, expected, "{what}");
    let count = database.numbers("SELECT count(*) FROM ev_event").await;
    let stored = if is_stored { with_key + without } else { 0 };
    assert_eq!(count, [stored.cast_signed()], "{what}");
}
