//! A series of transactions on one connection: each ends as with `commit`, and the next one is empty and open.

use events_sqlx::{Tx, TxError};

use crate::{
    Saved,
    database::{Database, TestBackend, on_both, save},
    journaled,
};

/// Statements after the item of the first transaction, whose errors are ignored; how that ends, and what is committed of both.
type Row = (
    &'static [&'static str],
    &'static str,
    &'static [&'static str],
);

async fn place<DB: TestBackend>(tx: &mut Tx<'static, DB>, name: &str) {
    save::<DB>(tx.conn(), name).await;
    tx.emit(Saved(name.to_owned())).await.unwrap();
}

async fn check<DB: TestBackend>(database: &Database<DB>, rows: &[Row]) {
    let (registry, journal) = journaled();
    for (statements, expected, kept) in rows {
        let tx = Tx::begin(&database.pool).await.unwrap();
        let mut tx = tx.with_registry(&registry);
        place(&mut tx, "first").await;
        for statement in *statements {
            let _ = DB::run(tx.conn(), statement).await;
        }
        let next = tx.commit_and_begin().await;
        let ended = match &next {
            Ok(_) => "ok",
            Err(TxError::Aborted) => "aborted",
            Err(TxError::Ended) => "ended",
            Err(TxError::Database(_)) => "database",
            Err(error) => panic!("{statements:?}: {error}"),
        };
        assert_eq!(ended, *expected, "{statements:?}");
        if let Ok(next) = next {
            assert_eq!(next.is_some(), DB::ABORTS, "PostgreSQL begins the next one");
            assert_eq!(journal.take(), ["first"], "as soon as it is committed");
            let mut next = match next {
                Some(next) => next,
                None => Tx::begin(&database.pool)
                    .await
                    .unwrap()
                    .with_registry(&registry),
            };
            place(&mut next, "second").await;
            assert_eq!(
                database.committed().await,
                ["first"],
                "the next one is open"
            );
            next.commit().await.unwrap();
            assert_eq!(journal.take(), ["second"]);
        }
        assert!(journal.take().is_empty());
        database.check_clean(expected).await;
        assert_eq!(database.committed().await, *kept, "{statements:?}");
        database.clear().await;
    }
}

async fn each_ends_as_with_commit<DB: TestBackend>(database: &Database<DB>) {
    let both: &[&str] = &["first", "second"];
    let (failed, after_failed): (_, &[&str]) = match DB::ABORTS {
        true => ("aborted", &[]),
        false => ("ok", both),
    };
    // SQLite refuses the COMMIT itself.
    let ended = if DB::ABORTS { "ended" } else { "database" };
    let rows: &[Row] = &[
        (&[], "ok", both),
        (&["SELECT nothing"], failed, after_failed),
        (&["INSERT INTO child VALUES (7)"], "database", &[]),
        (&["ROLLBACK"], ended, &[]),
        (&["COMMIT"], ended, &["first"]),
    ];
    check(database, rows).await;
}

async fn the_next_one_is_rolled_back_when_it_is_dropped<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    let tx = Tx::begin(&database.pool).await.unwrap();
    let mut tx = tx.with_registry(&registry);
    place(&mut tx, "first").await;
    if let Some(mut next) = tx.commit_and_begin().await.unwrap() {
        place(&mut next, "second").await;
    }
    database.check_clean("dropped").await;
    assert_eq!(journal.take(), ["first"]);
    assert_eq!(database.committed().await, ["first"]);
}

async fn a_transaction_of_sqlx_that_is_not_ended_is_an_error<DB: TestBackend>(
    database: &Database<DB>,
) {
    use sqlx::Connection;
    let mut tx = Tx::begin(&database.pool).await.unwrap();
    save::<DB>(tx.conn(), "first").await;
    std::mem::forget(tx.conn().begin().await.unwrap());
    let error = tx.commit_and_begin().await.err();
    assert!(matches!(error, Some(TxError::Ended)), "{error:?}");
    database.check_clean("ended").await;
    assert!(database.committed().await.is_empty());
}

on_both! {
    each_ends_as_with_commit;
    the_next_one_is_rolled_back_when_it_is_dropped;
    a_transaction_of_sqlx_that_is_not_ended_is_an_error;
}
