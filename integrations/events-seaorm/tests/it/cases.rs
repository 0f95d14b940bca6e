//! How a transaction ends, and what subscribers receive: each case is a script. What is received is what is committed.

use std::pin::Pin;

use events_seaorm::{Db, Tx};
use sea_orm::{ConnectionTrait, DbErr, TransactionTrait};

use crate::{
    Saved,
    database::{Database, on_both, save},
    journaled,
};

/// A step in a transaction.
#[derive(Clone, Copy)]
enum Step {
    /// Writes an item, and emits `Saved`.
    Save(&'static str),
    /// A savepoint with these steps.
    Point(&'static [Step], End),
    /// The same, in which the steps are done with the handle of the transaction around it.
    Around(&'static [Step], End),
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
use Step::{Around, Fails, Orphan, Past, Point, Save};

type Played<'p> = Pin<Box<dyn Future<Output = Result<(), DbErr>> + Send + 'p>>;

fn play<'p>(tx: &'p Tx, steps: &'static [Step]) -> Played<'p> {
    Box::pin(async move {
        for step in steps {
            match *step {
                Save(name) => {
                    save(tx, name).await?;
                    tx.emit(Saved(name.to_owned())).await?;
                }
                Point(steps, end) => {
                    let point = tx.begin().await?;
                    play(&point, steps).await?;
                    end_with(point, end).await?;
                }
                Around(steps, end) => {
                    let point = tx.begin().await?;
                    play(tx, steps).await?;
                    end_with(point, end).await?;
                }
                Fails => {
                    let result = tx.execute_unprepared("SELECT nothing").await;
                    assert!(result.is_err(), "the statement is wrong on purpose");
                }
                Orphan => {
                    tx.execute_unprepared("INSERT INTO child VALUES (7)")
                        .await?;
                }
                Past(name) => {
                    tx.registry().emit(Saved(name.to_owned()));
                }
            }
        }
        Ok(())
    })
}

async fn end_with(tx: Tx, end: End) -> Result<(), DbErr> {
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
        Error => Err(DbErr::RecordNotUpdated),
        Panic => panic!("on purpose"),
    }
}

/// Plays the steps in a transaction on a task, and returns how that ended.
async fn outcome(db: Db, steps: &'static [Step], end: End) -> String {
    let played = tokio::spawn(async move {
        let tx = db.begin().await?;
        play(&tx, steps).await?;
        end_with(tx, end).await
    });
    match played.await {
        Ok(Ok(())) => "ok".to_owned(),
        Ok(Err(DbErr::RecordNotUpdated)) => "error".to_owned(),
        Ok(Err(DbErr::Custom(text))) => match text.split_once(": ") {
            Some(("the transaction is aborted", _)) => "aborted".to_owned(),
            _ => text,
        },
        Ok(Err(_)) => "database".to_owned(),
        Err(_) => "panic".to_owned(),
    }
}

/// The outcome, and what is both received and committed; the connection is clean then.
async fn check(
    database: &Database,
    steps: &'static [Step],
    end: End,
    expected: &str,
    kept: &[&str],
) {
    let (registry, journal) = journaled();
    let ended = outcome(database.db(&registry), steps, end).await;
    assert_eq!(ended, expected, "{kept:?}");
    // First: it waits until the connection is back.
    database.check_clean(expected).await;
    let is_past = |step: &&Step| matches!(step, Past(_));
    let past = steps.iter().filter(is_past).count();
    assert_eq!(journal.take(), kept, "received");
    assert_eq!(database.committed().await, kept[past..], "committed");
    database.clear().await;
}

async fn a_commit_emits_in_order(database: &Database) {
    check(database, &[], Commit, "ok", &[]).await;
    check(database, &[Save("a"), Save("b")], Commit, "ok", &["a", "b"]).await;
    const THRICE: &[Step] = &[Save("a"), Save("a2"), Save("a3")];
    check(database, THRICE, Commit, "ok", &["a", "a2", "a3"]).await;
    check(database, &[Past("x"), Save("a")], Commit, "ok", &["x", "a"]).await;
}

async fn a_rollback_emits_nothing(database: &Database) {
    let steps = &[Save("a"), Save("b")];
    for (end, expected) in [
        (Rollback, "ok"),
        (Drop, "ok"),
        (Error, "error"),
        (Panic, "panic"),
    ] {
        check(database, steps, end, expected, &[]).await;
        check(database, &[], end, expected, &[]).await;
    }
    check(database, &[Past("x"), Save("a")], Drop, "ok", &["x"]).await;
}

async fn a_commit_that_fails_emits_nothing(database: &Database) {
    check(database, &[Orphan, Save("a")], Commit, "database", &[]).await;
    check(database, &[Save("a"), Orphan], Commit, "database", &[]).await;
    // What a savepoint takes back cannot fail any more.
    const TAKEN_BACK: &[Step] = &[Save("a"), Point(&[Orphan, Save("b")], Drop)];
    check(database, TAKEN_BACK, Commit, "ok", &["a"]).await;
}

async fn a_savepoint_takes_its_own_along(database: &Database) {
    const ROLLBACK: &[Step] = &[Save("a"), Point(&[Save("b")], Rollback), Save("c")];
    const DROP: &[Step] = &[Save("a"), Point(&[Save("b")], Drop), Save("c")];
    const IN_ROLLBACK: &[Step] = &[Point(ROLLBACK, Commit), Save("d")];
    const IN_DROP: &[Step] = &[Point(DROP, Commit), Save("d")];
    check(database, ROLLBACK, Commit, "ok", &["a", "c"]).await;
    check(database, DROP, Commit, "ok", &["a", "c"]).await;
    check(database, IN_ROLLBACK, Commit, "ok", &["a", "c", "d"]).await;
    check(database, IN_DROP, Commit, "ok", &["a", "c", "d"]).await;
    // The last step before the commit: nothing else is executed in between.
    check(
        database,
        &[Save("a"), Point(&[Save("b")], Drop)],
        Commit,
        "ok",
        &["a"],
    )
    .await;

    const RELEASED: &[Step] = &[Save("a"), Point(&[Save("b")], Commit), Save("c")];
    check(database, RELEASED, Commit, "ok", &["a", "b", "c"]).await;
    for (end, expected) in [
        (Rollback, "ok"),
        (Drop, "ok"),
        (Error, "error"),
        (Panic, "panic"),
    ] {
        check(database, RELEASED, end, expected, &[]).await;
    }

    const INNER_ERROR: &[Step] = &[
        Save("a"),
        Point(&[Save("b"), Point(&[Save("c")], Commit)], Error),
    ];
    check(database, INNER_ERROR, Commit, "error", &[]).await;
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
    // One savepoint after the other.
    const AGAIN: &[Step] = &[
        Point(&[Save("a")], Drop),
        Point(&[Save("b")], Commit),
        Point(&[Save("c")], Rollback),
        Point(&[Save("d")], Commit),
    ];
    check(database, AGAIN, Commit, "ok", &["b", "d"]).await;
}

async fn what_is_written_around_an_open_savepoint_belongs_to_it(database: &Database) {
    for (end, kept) in [
        (Commit, &["a", "b", "c"][..]),
        (Rollback, &["a", "c"]),
        (Drop, &["a", "c"]),
    ] {
        let steps: &'static [Step] = match end {
            Commit => const { &[Save("a"), Around(&[Save("b")], Commit), Save("c")] },
            Rollback => const { &[Save("a"), Around(&[Save("b")], Rollback), Save("c")] },
            _ => const { &[Save("a"), Around(&[Save("b")], Drop), Save("c")] },
        };
        check(database, steps, Commit, "ok", kept).await;
    }
}

async fn an_error_that_is_ignored_does_not_commit_in_part(database: &Database) {
    // SQLite takes back the statement alone.
    type Row = (
        &'static [Step],
        &'static str,
        &'static [&'static str],
        &'static [&'static str],
    );
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
        (
            &[Save("a"), Point(&[Save("b"), Fails], Drop)],
            "ok",
            &["a"],
            &["a"],
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
            "database",
            &[],
            &["a"],
        ),
    ];
    for &(steps, on_postgres, kept_on_postgres, kept_on_sqlite) in rows {
        let (expected, kept) = match database.aborts() {
            true => (on_postgres, kept_on_postgres),
            false => ("ok", kept_on_sqlite),
        };
        check(database, steps, Commit, expected, kept).await;
    }
    if database.aborts() {
        const IGNORED: &[Step] = &[Save("a"), Point(&[Save("b"), Fails], TryCommit), Save("c")];
        check(database, IGNORED, Commit, "ok", &["a", "c"]).await;
    }
}

on_both! {
    a_commit_emits_in_order;
    a_rollback_emits_nothing;
    a_commit_that_fails_emits_nothing;
    a_savepoint_takes_its_own_along;
    what_is_written_around_an_open_savepoint_belongs_to_it;
    an_error_that_is_ignored_does_not_commit_in_part;
}
