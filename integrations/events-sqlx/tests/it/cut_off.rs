//! Futures of a transaction that are dropped at each of their awaits: what is received is what is committed, and the
//! connection is clean.

use events_core::Registry;
use events_sqlx::{Tx, TxError};

use crate::{
    Saved, cut_off_after, cut_off_at,
    database::{Database, TestBackend, on_both, save},
    journaled,
};

async fn begun<DB: TestBackend>(database: &Database<DB>, registry: &Registry) -> Tx<'static, DB> {
    let mut tx = Tx::begin(&database.pool)
        .await
        .unwrap()
        .with_registry(registry);
    save::<DB>(tx.conn(), "a").await;
    tx.emit(Saved("a".to_owned())).await.unwrap();
    tx
}

/// Cuts off what is done with a transaction at each of its awaits, until it is ready. Returns how often it was cut off.
async fn at_each_await<DB: TestBackend, T>(
    database: &Database<DB>,
    what: impl AsyncFn(Tx<'static, DB>, usize) -> Option<T>,
) -> (usize, T) {
    let (registry, journal) = journaled();
    for answers in 0.. {
        let tx = begun(database, &registry).await;
        let output = what(tx, answers).await;
        database.check_clean("it is cut off").await;
        let received = journal.take();
        assert_eq!(
            received,
            database.committed().await,
            "after {answers} answers"
        );
        database.clear().await;
        if let Some(output) = output {
            return (answers, output);
        }
    }
    unreachable!("it is ready at some time");
}

/// Closes the gate behind this many answers, polls the future until it is held there, and drops it.
macro_rules! cut_off {
    ($database:expr, $answers:expr, $tx:ident, $future:expr) => {{
        DB::close_gate($database, $tx.conn(), $answers).await;
        let output = cut_off_at(&$database.gate, $future).await;
        $database.gate.open();
        output
    }};
}

async fn a_begin_leaves_no_transaction<DB: TestBackend>(database: &Database<DB>) {
    let mut answers = 0;
    loop {
        let is_ready = DB::cut_off_begin(database, answers).await;
        database.check_clean("begin").await;
        if is_ready {
            break;
        }
        answers += 1;
    }
    // With PostgreSQL the first answer may be that to the ping of a connection that was returned.
    assert!(answers >= 1, "it was cut off nowhere");
}

async fn a_commit_is_received_if_it_is_committed<DB: TestBackend>(database: &Database<DB>) {
    let (registry, journal) = journaled();
    // It is finished, although it is cut off.
    let mut tx = begun(database, &registry).await;
    let result = cut_off!(database, 0, tx, tx.commit());
    assert!(result.is_none());
    database.check_clean("commit").await;
    assert_eq!(
        (journal.take(), database.committed().await),
        (vec!["a".into()], vec!["a".into()])
    );
    database.clear().await;

    let commit =
        async |mut tx: Tx<'static, DB>, answers| cut_off!(database, answers, tx, tx.commit());
    let (times, result) = at_each_await(database, commit).await;
    result.unwrap();
    assert_eq!(times, if DB::ABORTS { 2 } else { 1 });

    // Before its first poll, it is a transaction that is dropped.
    let tx = begun(database, &registry).await;
    assert!(cut_off_after(0, tx.commit()).await.is_none());
    database.check_clean("commit").await;
    assert_eq!(
        (journal.take().len(), database.committed().await.len()),
        (0, 0)
    );
}

async fn a_commit_that_fails_is_not_received<DB: TestBackend>(database: &Database<DB>) {
    let commit = async |mut tx: Tx<'static, DB>, answers| {
        DB::run(tx.conn(), "INSERT INTO child VALUES (7)")
            .await
            .unwrap();
        cut_off!(database, answers, tx, tx.commit())
    };
    // That what is received is committed is checked there.
    let (_, result) = at_each_await(database, commit).await;
    assert!(matches!(result, Err(TxError::Database(_))));
}

async fn a_function_before_the_commit_is_cut_off<DB: TestBackend>(database: &Database<DB>) {
    let commit = async |mut tx: Tx<'static, DB>, answers| {
        tx.before_commit(|mut tx| {
            Box::pin(async move {
                save::<DB>(tx.conn(), "b").await;
                tx.emit(Saved("b".to_owned())).await?;
                Ok(())
            })
        });
        cut_off!(database, answers, tx, tx.commit())
    };
    let (times, result) = at_each_await(database, commit).await;
    result.unwrap();
    assert_eq!(times, if DB::ABORTS { 3 } else { 1 });
}

async fn a_rollback_is_finished<DB: TestBackend>(database: &Database<DB>) {
    let rollback =
        async |mut tx: Tx<'static, DB>, answers| cut_off!(database, answers, tx, tx.rollback());
    let (times, result) = at_each_await(database, rollback).await;
    result.unwrap();
    assert_eq!(times, 1);
}

async fn a_statement_is_rolled_back<DB: TestBackend>(database: &Database<DB>) {
    let statement = async |mut tx: Tx<'static, DB>, answers| {
        // The connection is lent for the gate and for the statement, one after the other.
        DB::close_gate(database, tx.conn(), answers).await;
        let output = cut_off_at(&database.gate, save::<DB>(tx.conn(), "b")).await;
        let dropped = async { drop(tx) };
        database.gate.open();
        dropped.await;
        output
    };
    let (times, ()) = at_each_await(database, statement).await;
    assert_eq!(times, 1);
}

/// What is done with a savepoint, and cut off.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Open,
    Commit,
    Rollback,
}

/// The transaction around a savepoint that was cut off is not committed in part, nor do its statements commit by themselves.
async fn a_savepoint_does_not_commit_in_part<DB: TestBackend>(database: &Database<DB>) {
    for part in [Part::Open, Part::Commit, Part::Rollback] {
        let end = async |mut tx: Tx<'static, DB>, answers| {
            let is_ready = match part {
                Part::Open => cut_off!(database, answers, tx, tx.savepoint()).is_some(),
                Part::Commit | Part::Rollback => {
                    let mut point = tx.savepoint().await.unwrap();
                    save::<DB>(point.conn(), "b").await;
                    point.emit(Saved("b".to_owned())).await.unwrap();
                    let output = match part {
                        Part::Commit => cut_off!(database, answers, point, point.commit()),
                        _ => cut_off!(database, answers, point, point.rollback()),
                    };
                    output.is_some()
                }
            };
            // May be refused: the transaction is aborted if a savepoint was ended twice.
            if DB::run(tx.conn(), "INSERT INTO item VALUES ('c')")
                .await
                .is_ok()
            {
                tx.emit(Saved("c".to_owned())).await.unwrap();
            }
            let result = tx.commit().await;
            // In a statement that only queries the state, nothing is lost.
            let only_queries = answers == 0 && part != Part::Rollback;
            match is_ready || only_queries {
                true => result.unwrap(),
                false => assert!(
                    matches!(result, Err(TxError::Interrupted)),
                    "{part:?}: {result:?}"
                ),
            }
            is_ready.then_some(())
        };
        let (times, ()) = at_each_await(database, end).await;
        let expected = if DB::ABORTS && part != Part::Rollback {
            2
        } else {
            1
        };
        assert_eq!(times, expected, "{part:?}");
    }
}

/// The same at each poll, which are awaits that the gate of SQLite does not reach.
async fn a_savepoint_is_cut_off_at_each_poll<DB: TestBackend>(database: &Database<DB>) {
    for part in [Part::Open, Part::Commit, Part::Rollback] {
        let end = async |mut tx: Tx<'static, DB>, polls| {
            let is_ready = match part {
                Part::Open => cut_off_after(polls, tx.savepoint()).await.is_some(),
                Part::Commit | Part::Rollback => {
                    let mut point = tx.savepoint().await.unwrap();
                    save::<DB>(point.conn(), "b").await;
                    point.emit(Saved("b".to_owned())).await.unwrap();
                    match part {
                        Part::Commit => cut_off_after(polls, point.commit()).await.is_some(),
                        _ => cut_off_after(polls, point.rollback()).await.is_some(),
                    }
                }
            };
            match tx.commit().await {
                Ok(()) => (),
                Err(TxError::Interrupted) => assert!(!is_ready, "{part:?}"),
                Err(error) => panic!("{part:?}: {error:?}"),
            }
            is_ready.then_some(())
        };
        let (times, ()) = at_each_await(database, end).await;
        assert!(times >= 1, "{part:?}");
    }
}

on_both! {
    a_begin_leaves_no_transaction;
    a_commit_is_received_if_it_is_committed;
    a_commit_that_fails_is_not_received;
    a_function_before_the_commit_is_cut_off;
    a_rollback_is_finished;
    a_statement_is_rolled_back;
    a_savepoint_does_not_commit_in_part;
    a_savepoint_is_cut_off_at_each_poll;
}
