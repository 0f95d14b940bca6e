//! Futures of a transaction that are dropped at each of their awaits: what is received is what is committed, and the
//! connection is clean.

use events_core::Registry;
use events_seaorm::Tx;
use sea_orm::{ConnectionTrait, DbErr, TransactionTrait};

use crate::{
    Saved, cut_off_after, cut_off_at,
    database::{Database, on_both, save},
    journaled,
};

async fn begun(database: &Database, registry: &Registry) -> Tx {
    let tx = database.db(registry).begin().await.unwrap();
    save(&tx, "a").await.unwrap();
    tx.emit(Saved("a".to_owned())).await.unwrap();
    tx
}

/// Cuts off what is done with a transaction at each of its awaits, until it is ready. Returns how often it was cut off.
async fn at_each_await<T>(
    database: &Database,
    what: impl AsyncFn(Tx, usize) -> Option<T>,
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

/// Closes the gate behind this many answers, polls the future until it is held there, and drops it. With SQLite only the first
/// statement is held.
async fn cut_off<F: Future>(database: &Database, answers: usize, future: F) -> Option<F::Output> {
    if database.aborts() || answers == 0 {
        database.gate.close_after(answers);
    }
    let output = cut_off_at(&database.gate, future).await;
    database.gate.open();
    output
}

async fn a_begin_leaves_no_transaction(database: &Database) {
    let db = database.db(&Registry::new());
    // Before its first poll nothing is begun.
    assert!(cut_off_after(0, db.begin()).await.is_none());
    database.check_clean("begin").await;
    if !database.aborts() {
        // The thread of the connection waits for this lock.
        let lock = "BEGIN IMMEDIATE";
        database.other.execute_unprepared(lock).await.unwrap();
        assert!(cut_off_after(1, db.begin()).await.is_none());
        database.other.execute_unprepared("ROLLBACK").await.unwrap();
        database.check_clean("begin").await;
        return;
    }
    let mut answers = 0;
    while cut_off(database, answers, db.begin()).await.is_none() {
        database.check_clean("begin").await;
        answers += 1;
    }
    database.check_clean("begin").await;
    // The first answer may be that to the ping of a connection that was returned.
    assert!(answers >= 1, "it was cut off nowhere");
}

async fn a_commit_is_received_if_it_is_committed(database: &Database) {
    let (registry, journal) = journaled();
    // It is finished, although it is cut off.
    let tx = begun(database, &registry).await;
    assert!(cut_off(database, 0, tx.commit()).await.is_none());
    database.check_clean("commit").await;
    assert_eq!(journal.take(), ["a"]);
    assert_eq!(database.committed().await, ["a"]);
    database.clear().await;

    let commit = async |tx: Tx, answers| cut_off(database, answers, tx.commit()).await;
    let (times, result) = at_each_await(database, commit).await;
    result.unwrap();
    assert_eq!(times, 1);

    // One that first queries whether PostgreSQL has aborted the transaction.
    let commit = async |tx: Tx, answers| {
        // Fails in SeaORM; nothing was sent.
        let wrong = sea_orm::Statement::from_sql_and_values(
            tx.get_database_backend(),
            "SELECT $1",
            [7.into(), 8.into()],
        );
        let _ = tx.query_one_raw(wrong).await;
        cut_off(database, answers, tx.commit()).await
    };
    at_each_await(database, commit).await.1.unwrap_or(());

    // Before its first poll, it is a transaction that is dropped.
    let tx = begun(database, &registry).await;
    assert!(cut_off_after(0, tx.commit()).await.is_none());
    database.check_clean("commit").await;
    assert!(journal.take().is_empty());
    assert!(database.committed().await.is_empty());
}

async fn a_commit_that_fails_is_not_received(database: &Database) {
    let commit = async |tx: Tx, answers| {
        let orphan = "INSERT INTO child VALUES (7)";
        tx.execute_unprepared(orphan).await.unwrap();
        cut_off(database, answers, tx.commit()).await
    };
    // That what is received is committed is checked there.
    let (_, result) = at_each_await(database, commit).await;
    assert!(matches!(result, Err(DbErr::Query(_))), "{result:?}");
}

async fn a_function_before_the_commit_is_cut_off(database: &Database) {
    let (registry, journal) = journaled();
    let tx = begun(database, &registry).await;
    let never = |_| async { std::future::pending().await };
    tx.handle().before_commit_async(never).unwrap();
    assert!(cut_off_after(1, tx.commit()).await.is_none());
    database.check_clean("before the commit").await;
    assert!(journal.take().is_empty());
    assert!(database.committed().await.is_empty());
}

async fn a_rollback_is_finished(database: &Database) {
    let rollback = async |tx: Tx, answers| cut_off(database, answers, tx.rollback()).await;
    let (times, result) = at_each_await(database, rollback).await;
    result.unwrap();
    assert_eq!(times, usize::from(database.aborts()));
}

async fn a_statement_is_rolled_back(database: &Database) {
    let statement = async |tx: Tx, answers| {
        if answers == 0 || database.aborts() {
            database.gate.close_after(answers);
        }
        let output = cut_off_at(&database.gate, save(&tx, "b")).await;
        let dropped = async { drop(tx) };
        database.gate.open();
        dropped.await;
        output
    };
    let (times, result) = at_each_await(database, statement).await;
    result.unwrap();
    assert_eq!(times, 1);
}

/// What is done with a savepoint, and cut off.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Begin,
    Commit,
    Rollback,
}

/// The statements of savepoints are finished as well, so that the transaction around them continues.
async fn a_savepoint_is_finished(database: &Database) {
    for part in [Part::Begin, Part::Commit, Part::Rollback] {
        let end = async |tx: Tx, answers| {
            let cut = async |future: std::pin::Pin<Box<dyn Future<Output = Result<(), DbErr>>>>| {
                match database.aborts() {
                    true => cut_off(database, answers, future).await,
                    // No hook of SQLite is called.
                    false => cut_off_after(answers + 1, future).await,
                }
            };
            let tx = std::rc::Rc::new(tx);
            let output = if part == Part::Begin {
                let tx = tx.clone();
                cut(Box::pin(async move { tx.begin().await.map(drop) })).await
            } else {
                let point = tx.begin().await.unwrap();
                save(&point, "b").await.unwrap();
                point.emit(Saved("b".to_owned())).await.unwrap();
                match part {
                    Part::Commit => cut(Box::pin(point.commit())).await,
                    _ => cut(Box::pin(point.rollback())).await,
                }
            };
            save(&*tx, "c").await.unwrap();
            tx.emit(Saved("c".to_owned())).await.unwrap();
            let tx = std::rc::Rc::into_inner(tx).expect("it was dropped");
            tx.commit().await.unwrap();
            output
        };
        let (times, result) = at_each_await(database, end).await;
        result.unwrap();
        // That the thread of SQLite is too slow for one poll is likely, and not certain.
        assert!(times >= 1 || !database.aborts(), "{part:?}");
    }
}

on_both! {
    a_begin_leaves_no_transaction;
    a_commit_is_received_if_it_is_committed;
    a_commit_that_fails_is_not_received;
    a_function_before_the_commit_is_cut_off;
    a_rollback_is_finished;
    a_statement_is_rolled_back;
    a_savepoint_is_finished;
}
