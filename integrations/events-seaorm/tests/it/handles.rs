//! Several handles of one transaction, and what else a transaction does.

use events_core::{Event, Registry};
use events_seaorm::{Tx, transaction};
use sea_orm::{AccessMode, ConnectionTrait, DbErr, Statement, TransactionError, TransactionTrait};

use crate::{
    Saved,
    database::{Database, on_both, save},
    journaled,
};

async fn save_and_emit(tx: &Tx, name: &str) -> Result<(), DbErr> {
    save(tx, name).await?;
    tx.emit(Saved(name.to_owned())).await.map(drop)
}

/// Commits, and checks that this is received and committed.
async fn check_kept(database: &Database, received: Vec<String>, kept: &[&str]) {
    database.check_clean("it has ended").await;
    assert_eq!(received, kept, "received");
    assert_eq!(database.committed().await, kept, "committed");
    database.clear().await;
}

async fn a_transaction_is_used_by_tasks(database: &Database) {
    let (registry, journal) = journaled();
    let tx = database.db(&registry).begin().await.unwrap();
    save_and_emit(&tx, "a").await.unwrap();
    let tx = tokio::spawn(async move {
        save_and_emit(&tx, "b").await.unwrap();
        tx
    });
    let tx = tx.await.unwrap();
    let (c, d) = tokio::join!(save_and_emit(&tx, "c"), save_and_emit(&tx, "d"));
    c.and(d).unwrap();
    assert!(journal.take().is_empty());
    tx.commit().await.unwrap();
    check_kept(database, journal.take(), &["a", "b", "c", "d"]).await;
}

/// A savepoint is ended while one in it is open: an error, or rolled back with it.
async fn savepoints_end_in_any_order(database: &Database) {
    let (registry, journal) = journaled();
    for is_dropped in [false, true] {
        let tx = database.db(&registry).begin().await.unwrap();
        save_and_emit(&tx, "a").await.unwrap();
        let outer = tx.begin().await.unwrap();
        save_and_emit(&outer, "b").await.unwrap();
        let inner = tx.begin().await.unwrap();
        save_and_emit(&inner, "c").await.unwrap();
        if is_dropped {
            drop(outer);
        } else {
            let error = outer.commit().await.unwrap_err().to_string();
            assert!(
                error.ends_with("commit or roll back that one first"),
                "{error}"
            );
        }
        // The inner one is gone with it, also before another statement.
        for result in [save(&inner, "d").await, save_and_emit(&inner, "d").await] {
            let error = result.unwrap_err().to_string();
            assert!(error.ends_with("begin another one"), "{error}");
        }
        save_and_emit(&tx, "e").await.unwrap();
        assert!(inner.commit().await.is_err());
        save_and_emit(&tx, "f").await.unwrap();
        tx.commit().await.unwrap();
        check_kept(database, journal.take(), &["a", "e", "f"]).await;
    }
}

async fn a_transaction_with_an_open_savepoint_is_not_committed(database: &Database) {
    let (registry, journal) = journaled();
    let tx = database.db(&registry).begin().await.unwrap();
    save_and_emit(&tx, "a").await.unwrap();
    let point = tx.begin().await.unwrap();
    let error = tx.commit().await.unwrap_err().to_string();
    assert!(
        error.contains("a savepoint of the unit of work is open at its commit"),
        "{error}"
    );
    assert!(save(&point, "b").await.is_err());
    assert!(point.emit(Saved("b".to_owned())).await.is_err());
    assert!(point.commit().await.is_err());
    check_kept(database, journal.take(), &[]).await;
}

/// SeaORM panics here, since the connection is locked.
async fn a_transaction_is_dropped_while_a_savepoint_in_it_is_used(database: &Database) {
    let (registry, journal) = journaled();
    let tx = database.db(&registry).begin().await.unwrap();
    save_and_emit(&tx, "a").await.unwrap();
    let point = tx.begin().await.unwrap();
    database.gate.close_after(0);
    let (result, ()) = tokio::join!(save_and_emit(&point, "b"), async {
        database.gate.held().await;
        drop(tx);
        database.gate.open();
    });
    assert!(
        result.is_err(),
        "the statement ends, and nothing is emitted"
    );
    assert!(point.rollback().await.is_err());
    check_kept(database, journal.take(), &[]).await;
}

async fn the_closure_decides(database: &Database) {
    let (registry, journal) = journaled();
    let db = database.db(&registry);
    let result = transaction(&db, async |tx| -> Result<u32, DbErr> {
        save_and_emit(tx, "a").await?;
        let inner = transaction(tx, async |point| -> Result<(), DbErr> {
            save_and_emit(point, "b").await?;
            Err(DbErr::RecordNotUpdated)
        });
        assert!(matches!(inner.await, Err(DbErr::RecordNotUpdated)));
        transaction(tx, async |point| save_and_emit(point, "c").await).await?;
        Ok(7)
    });
    assert_eq!(result.await.unwrap(), 7);
    check_kept(database, journal.take(), &["a", "c"]).await;

    let result = transaction(&db, async |tx| -> Result<(), DbErr> {
        save_and_emit(tx, "a").await?;
        Err(DbErr::RecordNotUpdated)
    });
    assert!(matches!(result.await, Err(DbErr::RecordNotUpdated)));
    check_kept(database, journal.take(), &[]).await;
}

async fn the_boxed_closure_of_seaorm_decides(database: &Database) {
    let (registry, journal) = journaled();
    let db = database.db(&registry);
    let run = async |is_ok: bool| {
        db.transaction::<_, _, DbErr>(|tx| {
            Box::pin(async move {
                save_and_emit(tx, "a").await?;
                tx.transaction::<_, _, DbErr>(|point| {
                    Box::pin(async move { save_and_emit(point, "b").await })
                })
                .await
                .unwrap();
                is_ok.then_some(7).ok_or(DbErr::RecordNotUpdated)
            })
        })
        .await
    };
    assert_eq!(run(true).await.unwrap(), 7);
    check_kept(database, journal.take(), &["a", "b"]).await;
    let error = run(false).await.unwrap_err();
    assert!(matches!(
        error,
        TransactionError::Transaction(DbErr::RecordNotUpdated)
    ));
    check_kept(database, journal.take(), &[]).await;
}

async fn a_handler_that_panics_after_the_commit_does_not_affect_it(database: &Database) {
    let (registry, journal) = (Registry::new(), crate::Journal::default());
    registry.on(|_: &Saved| panic!("on purpose")).detach();
    let (notes, of_closure) = (journal.clone(), journal.clone());
    registry
        .on(move |event: &Saved| notes.note(&event.0))
        .detach();
    let tx = database.db(&registry).begin().await.unwrap();
    tx.after_commit(|| panic!("on purpose"));
    save_and_emit(&tx, "a").await.unwrap();
    tx.after_commit(move || of_closure.note("b"));
    tx.commit().await.unwrap();
    database.check_clean("it has ended").await;
    assert_eq!(journal.take(), ["a", "b"]);
    assert_eq!(database.committed().await, ["a"]);
}

#[derive(Event, Clone)]
struct Checked(&'static str);

async fn an_event_at_once_may_refuse(database: &Database) {
    let (registry, journal) = journaled();
    let check = |event: &Checked| match event.0 {
        "bad" => Err("it is bad"),
        _ => Ok(()),
    };
    registry.on(check).detach();
    let db = database.db(&registry);
    for (name, is_ok) in [("good", true), ("bad", false)] {
        let result = transaction(&db, async |tx| -> Result<(), DbErr> {
            save_and_emit(tx, name).await?;
            let emitted = tx.emit(Checked(name)).await?;
            assert_eq!(emitted.ran(), 1);
            Ok(())
        });
        match result.await {
            Ok(()) => assert!(is_ok),
            Err(error) => assert!(error.to_string().contains("it is bad"), "{error}"),
        }
        check_kept(
            database,
            journal.take(),
            if is_ok { &["good"] } else { &[] },
        )
        .await;
    }
}

async fn rows_are_streamed(database: &Database) {
    let (registry, journal) = journaled();
    let tx = database.db(&registry).begin().await.unwrap();
    for name in ["a", "b", "c"] {
        save_and_emit(&tx, name).await.unwrap();
    }
    let select = || {
        Statement::from_string(
            tx.get_database_backend(),
            "SELECT name FROM item ORDER BY name",
        )
    };
    for wanted in [1, 3] {
        let mut stream = Box::pin(
            sea_orm::StreamTrait::stream_raw(&tx, select())
                .await
                .unwrap(),
        );
        let mut names = Vec::new();
        while names.len() < wanted {
            let row = std::future::poll_fn(|context| {
                futures_core::Stream::poll_next(stream.as_mut(), context)
            })
            .await;
            names.push(row.unwrap().unwrap().try_get::<String>("", "name").unwrap());
        }
        assert_eq!(names, ["a", "b", "c"][..wanted]);
    }
    tx.commit().await.unwrap();
    check_kept(database, journal.take(), &["a", "b", "c"]).await;

    // The error of a stream aborts as well.
    let tx = database.db(&registry).begin().await.unwrap();
    save_and_emit(&tx, "a").await.unwrap();
    let wrong = Statement::from_string(tx.get_database_backend(), "SELECT nothing");
    let mut stream = Box::pin(sea_orm::StreamTrait::stream_raw(&tx, wrong).await.unwrap());
    let row =
        std::future::poll_fn(|context| futures_core::Stream::poll_next(stream.as_mut(), context))
            .await;
    assert!(row.unwrap().is_err());
    let end =
        std::future::poll_fn(|context| futures_core::Stream::poll_next(stream.as_mut(), context));
    assert!(end.await.is_none());
    drop(stream);
    assert_eq!(tx.commit().await.is_err(), database.aborts());
    check_kept(
        database,
        journal.take(),
        if database.aborts() { &[] } else { &["a"] },
    )
    .await;
}

async fn a_transaction_may_only_read(database: &Database) {
    let db = database.db(&Registry::new());
    // A writer: one that may write would wait for it, and with SQLite it would fail in the end.
    let writer = if database.aborts() {
        "BEGIN"
    } else {
        "BEGIN IMMEDIATE"
    };
    database.other.execute_unprepared(writer).await.unwrap();
    for is_own in [true, false] {
        let tx = match is_own {
            true => db.begin_read_only().await,
            false => db.begin_with_config(None, Some(AccessMode::ReadOnly)).await,
        };
        let tx = tx.unwrap();
        let select = Statement::from_string(tx.get_database_backend(), "SELECT name FROM item");
        assert!(tx.query_all_raw(select).await.unwrap().is_empty());
        if database.aborts() {
            assert!(save(&tx, "a").await.is_err());
        }
        tx.rollback().await.unwrap();
    }
    database.other.execute_unprepared("ROLLBACK").await.unwrap();
}

/// SQLite: a transaction that reads before it writes would fail at once if another one has written meanwhile.
async fn a_transaction_that_may_write_begins_as_a_writer(database: &Database) {
    if database.aborts() {
        return;
    }
    let tx = database.db(&Registry::new()).begin().await.unwrap();
    let busy = database
        .other
        .execute_unprepared("PRAGMA busy_timeout = 0; BEGIN IMMEDIATE")
        .await;
    assert!(busy.unwrap_err().to_string().contains("database is locked"));
    tx.rollback().await.unwrap();
}

on_both! {
    a_transaction_is_used_by_tasks;
    savepoints_end_in_any_order;
    a_transaction_with_an_open_savepoint_is_not_committed;
    a_transaction_is_dropped_while_a_savepoint_in_it_is_used;
    the_closure_decides;
    the_boxed_closure_of_seaorm_decides;
    a_handler_that_panics_after_the_commit_does_not_affect_it;
    an_event_at_once_may_refuse;
    rows_are_streamed;
    a_transaction_may_only_read;
    a_transaction_that_may_write_begins_as_a_writer;
}
