//! Transactions that a statement on their connection ends or begins: what a `Tx` is not told. No event is received whose item
//! is not committed, and the next transaction of the connection is clean.

use std::mem;

use events_sqlx::{Tx, TxError};
use sqlx::Connection;

use crate::{
    Saved,
    database::{Database, TestBackend, on_both, save},
    journaled,
};

/// What is done with the connection.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// Writes an item, and emits `Saved`.
    Save(&'static str),
    /// A statement, whose error is ignored.
    Run(&'static str),
    /// A transaction of sqlx: dropped, committed, or never ended.
    Dropped,
    Committed,
    Forgotten,
    /// A savepoint with these steps, which is committed, or dropped.
    Point(&'static [Step]),
    Drop(&'static [Step]),
}

use Step::{Committed, Drop, Dropped, Forgotten, Point, Run, Save};

async fn play<DB: TestBackend>(tx: &mut Tx<'_, DB>, steps: &'static [Step]) -> Result<(), TxError> {
    for step in steps {
        match *step {
            Save(name) => {
                save::<DB>(tx.conn(), name).await;
                tx.emit(Saved(name.to_owned())).await?;
            }
            Run(statement) => drop(DB::run(tx.conn(), statement).await),
            Dropped => drop(tx.conn().begin().await?),
            Committed => tx.conn().begin().await?.commit().await?,
            Forgotten => mem::forget(tx.conn().begin().await?),
            Point(steps) => {
                let mut point = tx.savepoint().await?;
                Box::pin(play(&mut point, steps)).await?;
                point.commit().await?;
            }
            Drop(steps) => Box::pin(play(&mut tx.savepoint().await?, steps)).await?,
        }
    }
    Ok(())
}

/// The steps, how they and the commit end, and what is received and committed.
type Row = (
    &'static [Step],
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

async fn check<DB: TestBackend>(database: &Database<DB>, rows: &[Row]) {
    let (registry, journal) = journaled();
    for &(steps, expected, received, committed) in rows {
        let mut tx = Tx::begin(&database.pool)
            .await
            .unwrap()
            .with_registry(&registry);
        let played = play(&mut tx, steps).await;
        let ended = tx.commit().await;
        let ended = match (&played, &ended) {
            (Ok(()), Ok(())) => "ok",
            (Err(TxError::Ended), Err(TxError::Interrupted)) | (Ok(()), Err(TxError::Ended)) => {
                "ended"
            }
            (_, Err(TxError::Interrupted)) => "interrupted",
            (_, Err(TxError::Database(_))) => "database",
            _ => panic!("{steps:?}: {played:?}, {ended:?}"),
        };
        assert_eq!(ended, expected, "{steps:?}");
        database.check_clean(expected).await;
        assert_eq!(journal.take(), received, "{steps:?}");
        assert_eq!(database.committed().await, committed, "{steps:?}");
        database.clear().await;
    }
}

async fn a_statement_that_ends_it_is_an_error<DB: TestBackend>(database: &Database<DB>) {
    // SQLite refuses the COMMIT itself.
    let ended = if DB::ABORTS { "ended" } else { "database" };
    let rows: &[Row] = &[
        (&[Save("a"), Run("ROLLBACK")], ended, &[], &[]),
        (&[Save("a"), Run("COMMIT")], ended, &[], &["a"]),
        (
            &[Save("a"), Run("ROLLBACK"), Point(&[Save("b")])],
            "ended",
            &[],
            &[],
        ),
        (
            &[Save("a"), Run("ROLLBACK"), Point(&[Point(&[Save("b")])])],
            "ended",
            &[],
            &[],
        ),
        (
            &[Save("a"), Point(&[Save("b"), Run("ROLLBACK")])],
            "ended",
            &[],
            &[],
        ),
        (
            &[Save("a"), Point(&[Save("b"), Run("COMMIT")])],
            "ended",
            &[],
            &["a", "b"],
        ),
    ];
    check(database, rows).await;
}

async fn a_failure_that_rolls_back_is_an_error<DB: TestBackend>(database: &Database<DB>) {
    if DB::ABORTS {
        return; // there are none
    }
    let mut connection = database.other.acquire().await.unwrap();
    DB::run(&mut connection, "INSERT INTO parent VALUES (1)")
        .await
        .unwrap();
    drop(connection);
    const FAILS: Step = Run("INSERT OR ROLLBACK INTO parent VALUES (1)");
    let rows: &[Row] = &[
        (&[Save("a"), FAILS], "database", &[], &[]),
        (&[Save("a"), FAILS, Point(&[Save("b")])], "ended", &[], &[]),
        (&[Save("a"), Point(&[Save("b"), FAILS])], "ended", &[], &[]),
        (
            &[Save("a"), Drop(&[FAILS]), Point(&[Save("b")])],
            "ended",
            &[],
            &[],
        ),
    ];
    check(database, rows).await;
    // A database in memory ends with its connection, which stays.
    for end in ["drop", "rollback", "commit"] {
        let mut tx = Tx::begin(&database.pool).await.unwrap();
        let create = DB::run(tx.conn(), "CREATE TEMP TABLE IF NOT EXISTS kept (id)");
        create.await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = Tx::begin(&database.pool).await.unwrap();
        play(&mut tx, &[Save("a"), FAILS]).await.unwrap();
        match end {
            "drop" => drop(tx),
            "rollback" => tx.rollback().await.unwrap(),
            _ => assert!(tx.commit().await.is_err()),
        }
        database.check_clean(end).await;
        let mut connection = database.pool.acquire().await.unwrap();
        let kept = DB::run(&mut connection, "SELECT id FROM kept").await;
        assert!(kept.is_ok(), "{end}");
    }
}

async fn a_transaction_that_is_left_open_is_an_error<DB: TestBackend>(database: &Database<DB>) {
    let rows: &[Row] = &[
        (
            &[Save("a"), Dropped, Save("b")],
            "ok",
            &["a", "b"],
            &["a", "b"],
        ),
        (
            &[Save("a"), Committed, Save("b")],
            "ok",
            &["a", "b"],
            &["a", "b"],
        ),
        (
            &[Save("a"), Point(&[Dropped, Save("b")])],
            "ok",
            &["a", "b"],
            &["a", "b"],
        ),
        (&[Save("a"), Forgotten, Save("b")], "ended", &[], &[]),
        (
            &[Save("a"), Point(&[Forgotten, Save("b")])],
            "ended",
            &[],
            &[],
        ),
        (
            &[Save("a"), Drop(&[Forgotten, Save("b")])],
            "ended",
            &[],
            &[],
        ),
    ];
    check(database, rows).await;
    // Rolled back or dropped, it does not stay on the connection either.
    for is_dropped in [false, true] {
        let mut tx = Tx::begin(&database.pool).await.unwrap();
        mem::forget(tx.conn().begin().await.unwrap());
        match is_dropped {
            true => drop(tx),
            false => tx.rollback().await.unwrap(),
        }
        database.check_clean("left open").await;
    }
}

/// The connection comes with a transaction that plain sqlx has left open, or counts one that is none.
async fn a_transaction_before_it_is_not_its_own<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    for end in ["SELECT 1", "ROLLBACK"] {
        for statement in [None, Some("BEGIN")] {
            let mut connection = database.pool.acquire().await.unwrap();
            let mut plain = connection.begin().await.unwrap();
            save::<DB>(&mut plain, "plain").await;
            DB::run(&mut plain, end).await.unwrap();
            mem::forget(plain);
            drop(connection);
            let begun = match statement {
                None => Tx::begin(&database.pool).await,
                Some(statement) => Tx::begin_with(&database.pool, statement).await,
            };
            let mut tx = begun.unwrap().with_registry(&registry);
            play(&mut tx, &[Save("a")]).await.unwrap();
            tx.commit().await.unwrap();
            database.check_clean(end).await;
            assert_eq!(journal.take(), ["a"], "{end}, {statement:?}");
            assert_eq!(database.committed().await, ["a"], "{end}, {statement:?}");
            database.clear().await;
        }
    }
}

async fn a_begin_that_fails_in_part_leaves_no_transaction<DB: TestBackend>(
    database: &Database<DB>,
) {
    for statement in [
        "BEGIN; SELECT nothing",
        "BEGIN; INSERT INTO item VALUES ('a'); SELECT nothing",
        "BEGIN; COMMIT",
    ] {
        let begun = Tx::begin_with(&database.pool, statement).await;
        assert!(matches!(begun, Err(TxError::Database(_))), "{statement}");
        database.check_clean(statement).await;
        assert_eq!(database.committed().await, [""; 0], "{statement}");
    }
}

on_both! {
    a_statement_that_ends_it_is_an_error;
    a_failure_that_rolls_back_is_an_error;
    a_transaction_that_is_left_open_is_an_error;
    a_transaction_before_it_is_not_its_own;
    a_begin_that_fails_in_part_leaves_no_transaction;
}
