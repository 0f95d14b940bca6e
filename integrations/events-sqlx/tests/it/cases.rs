//! How a transaction ends, and what subscribers receive: each case is a script. What is received is what is committed.

use std::pin::Pin;

use events_sqlx::{Tx, TxError};
use sqlx::Pool;

use crate::{
    Saved,
    database::{Database, TestBackend, on_both, save},
    journaled,
};

/// A step in a transaction.
#[derive(Clone, Copy)]
enum Step {
    /// Writes an item, and emits `Saved`.
    Save(&'static str),
    /// A savepoint with these steps.
    Point(&'static [Step], End),
    /// A statement that fails, whose error is ignored.
    Fails,
    /// A row that the COMMIT refuses.
    Orphan,
    /// Emits `Saved` outside of the transaction, and the event is received at once.
    Past(&'static str),
}

/// How a transaction or a savepoint ends.
#[derive(Clone, Copy, PartialEq)]
enum End {
    Commit,
    /// The error of the commit is ignored; of a savepoint.
    TryCommit,
    Rollback,
    Drop,
    /// With `?`, before the commit.
    Error,
    Panic,
}

use End::{Commit, Drop, Error, Panic, Rollback, TryCommit};
use Step::{Fails, Orphan, Past, Point, Save};

type Played<'p> = Pin<Box<dyn Future<Output = Result<(), TxError>> + Send + 'p>>;

fn play<'p, DB: TestBackend>(tx: &'p mut Tx<'_, DB>, steps: &'static [Step]) -> Played<'p> {
    Box::pin(async move {
        for step in steps {
            match *step {
                Save(name) => {
                    save::<DB>(tx.conn(), name).await;
                    tx.emit(Saved(name.to_owned())).await?;
                }
                Point(steps, end) => {
                    let mut point = tx.savepoint().await?;
                    play(&mut point, steps).await?;
                    end_with(point, end).await?;
                }
                Fails => assert!(DB::run(tx.conn(), "SELECT nothing").await.is_err()),
                Orphan => DB::run(tx.conn(), "INSERT INTO child VALUES (7)").await?,
                Past(name) => {
                    tx.registry().emit(Saved(name.to_owned()));
                }
            }
        }
        Ok(())
    })
}

async fn end_with<DB: TestBackend>(tx: Tx<'_, DB>, end: End) -> Result<(), TxError> {
    match end {
        Commit => tx.commit().await,
        TryCommit => {
            assert!(tx.commit().await.is_err());
            Ok(())
        }
        Rollback => tx.rollback().await,
        Drop => {
            drop(tx);
            Ok(())
        }
        Error => Err(sqlx::Error::RowNotFound.into()),
        Panic => panic!("on purpose"),
    }
}

/// Plays the steps in a transaction on a task, and returns how that ended.
async fn outcome<DB: TestBackend>(
    pool: Pool<DB>,
    registry: events_core::Registry,
    steps: &'static [Step],
    end: End,
) -> String {
    let played = tokio::spawn(async move {
        let mut tx = Tx::begin(&pool).await?.with_registry(&registry);
        play(&mut tx, steps).await?;
        end_with(tx, end).await
    });
    match played.await {
        Ok(Ok(())) => "ok".to_owned(),
        Ok(Err(TxError::Database(_))) => "database".to_owned(),
        Ok(Err(TxError::Aborted)) => "aborted".to_owned(),
        Ok(Err(error)) => error.to_string(),
        Err(_) => "panic".to_owned(),
    }
}

/// The outcome, and what is both received and committed; the connection is clean then.
async fn check<DB: TestBackend>(
    database: &Database<DB>,
    steps: &'static [Step],
    end: End,
    expected: &str,
    kept: &[&str],
) {
    let (registry, journal) = journaled();
    let ended = outcome(database.pool.clone(), registry, steps, end).await;
    assert_eq!(ended, expected, "{kept:?}");
    // First: it waits until the connection is back.
    database.check_clean(expected).await;
    let past: Vec<_> = steps
        .iter()
        .filter(|step| matches!(step, Past(_)))
        .collect();
    assert_eq!(journal.take(), kept, "received");
    assert_eq!(database.committed().await, kept[past.len()..], "committed");
    database.clear().await;
}

async fn a_commit_emits_in_order<DB: TestBackend>(database: &Database<DB>) {
    check(database, &[], Commit, "ok", &[]).await;
    check(database, &[Save("a"), Save("b")], Commit, "ok", &["a", "b"]).await;
    // One record three times: each event as it was then.
    check(
        database,
        &[Save("a"), Save("a2"), Save("a3")],
        Commit,
        "ok",
        &["a", "a2", "a3"],
    )
    .await;
    check(database, &[Past("x"), Save("a")], Commit, "ok", &["x", "a"]).await;
}

async fn a_rollback_emits_nothing<DB: TestBackend>(database: &Database<DB>) {
    let steps = &[Save("a"), Save("b")];
    for (end, expected) in [
        (Rollback, "ok"),
        (Drop, "ok"),
        (Error, "database"),
        (Panic, "panic"),
    ] {
        check(database, steps, end, expected, &[]).await;
        check(database, &[], end, expected, &[]).await;
    }
    check(database, &[Past("x"), Save("a")], Drop, "ok", &["x"]).await;
    check(database, &[Orphan, Save("a")], Commit, "database", &[]).await;
    check(database, &[Save("a"), Orphan], Commit, "database", &[]).await;
}

async fn a_savepoint_takes_its_own_along<DB: TestBackend>(database: &Database<DB>) {
    for end in [Rollback, Drop] {
        let (outer, inner): (&'static [Step], &'static [Step]) = match end {
            Drop => (
                const { &[Save("a"), Point(&[Save("b")], Drop), Save("c")] },
                const {
                    &[
                        Point(&[Save("a"), Point(&[Save("b")], Drop), Save("c")], Commit),
                        Save("d"),
                    ]
                },
            ),
            _ => (
                const { &[Save("a"), Point(&[Save("b")], Rollback), Save("c")] },
                const {
                    &[
                        Point(
                            &[Save("a"), Point(&[Save("b")], Rollback), Save("c")],
                            Commit,
                        ),
                        Save("d"),
                    ]
                },
            ),
        };
        check(database, outer, Commit, "ok", &["a", "c"]).await;
        check(database, inner, Commit, "ok", &["a", "c", "d"]).await;
    }
    const RELEASED: &[Step] = &[Save("a"), Point(&[Save("b")], Commit), Save("c")];
    check(database, RELEASED, Commit, "ok", &["a", "b", "c"]).await;
    for (end, expected) in [
        (Rollback, "ok"),
        (Drop, "ok"),
        (Error, "database"),
        (Panic, "panic"),
    ] {
        check(database, RELEASED, end, expected, &[]).await;
    }
    const INNER_ERROR: &[Step] = &[
        Save("a"),
        Point(&[Save("b"), Point(&[Save("c")], Commit)], Error),
    ];
    check(database, INNER_ERROR, Commit, "database", &[]).await;
    const INNER_PANIC: &[Step] = &[
        Save("a"),
        Point(&[Save("b"), Point(&[Save("c")], Panic)], Commit),
    ];
    check(database, INNER_PANIC, Commit, "panic", &[]).await;
    const OUTER_DROP: &[Step] = &[
        Point(&[Save("b"), Point(&[Save("c")], Commit)], Drop),
        Save("d"),
    ];
    check(database, OUTER_DROP, Commit, "ok", &["d"]).await;
    // The same savepoint again and again.
    const AGAIN: &[Step] = &[
        Point(&[Save("a")], Drop),
        Point(&[Save("b")], Commit),
        Point(&[Save("c")], Rollback),
        Point(&[Save("d")], Commit),
    ];
    check(database, AGAIN, Commit, "ok", &["b", "d"]).await;
}

/// The steps, the outcome with PostgreSQL and what is kept then, and what SQLite keeps, whose outcome is a commit.
type Row = (
    &'static [Step],
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

async fn an_error_that_is_ignored_does_not_commit_in_part<DB: TestBackend>(
    database: &Database<DB>,
) {
    // SQLite takes back the statement alone.
    let rows: &[Row] = &[
        (&[Save("a"), Fails], "aborted", &[], &["a"]),
        (&[Fails], "aborted", &[], &[]),
        // A savepoint that is rolled back takes the failure along.
        (
            &[Save("a"), Point(&[Save("b"), Fails], Rollback), Save("c")],
            "ok",
            &["a", "c"],
            &["a", "c"],
        ),
        (
            &[Save("a"), Point(&[Save("b"), Fails], Drop), Save("c")],
            "ok",
            &["a", "c"],
            &["a", "c"],
        ),
        // One that is committed does so too, and returns the error.
        (
            &[Save("a"), Point(&[Save("b"), Fails], Commit)],
            "aborted",
            &[],
            &["a", "b"],
        ),
        // No savepoint is opened in an aborted transaction, and none makes it well.
        (
            &[Save("a"), Fails, Point(&[], Rollback)],
            "aborted",
            &[],
            &["a"],
        ),
    ];
    for &(steps, on_postgres, kept_on_postgres, kept_on_sqlite) in rows {
        let (expected, kept) = match DB::ABORTS {
            true => (on_postgres, kept_on_postgres),
            false => ("ok", kept_on_sqlite),
        };
        check(database, steps, Commit, expected, kept).await;
    }
    if DB::ABORTS {
        const IGNORED: &[Step] = &[Save("a"), Point(&[Save("b"), Fails], TryCommit), Save("c")];
        check(database, IGNORED, Commit, "ok", &["a", "c"]).await;
    }
}

on_both! {
    a_commit_emits_in_order;
    a_rollback_emits_nothing;
    a_savepoint_takes_its_own_along;
    an_error_that_is_ignored_does_not_commit_in_part;
}
