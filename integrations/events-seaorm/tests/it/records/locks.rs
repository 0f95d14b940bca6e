//! Two writers of two rows, and a savepoint that is dropped while another task writes.

use std::{
    future::{pending, poll_fn},
    task::Poll,
};

use events_core::{
    Registry,
    record::{Created, Deleted, Updated, Updating},
};
use events_seaorm::{Tx, bulk, transaction};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    ModelTrait, Set, TransactionTrait, sea_query::Expr,
};
use tokio::sync::watch;

use super::{
    entities::{create_tables, journal_of, user},
    new_user,
};
use crate::{
    Journal,
    database::{Database, on_both},
};

/// Any wait for a lock of the database is an error at once.
async fn refuse_locks(connection: &impl ConnectionTrait) -> Result<(), DbErr> {
    let set = "SET LOCAL lock_timeout = 1";
    connection.execute_unprepared(set).await.map(drop)
}

fn change(user: &user::Model, email: &str) -> user::ActiveModel {
    let mut change = user.clone().into_active_model();
    change.email = Set(email.to_owned());
    change
}

/// Every kind of write of a row, of its own and in bulk.
async fn write_each_kind(tx: &Tx, user: &user::Model) -> Result<(), DbErr> {
    refuse_locks(tx).await?;
    change(user, "changed").update(tx).await?;
    change(user, "again").update_without_returning(tx).await?;
    let email = |email: &str| user::Column::Email.eq(email);
    bulk::update_many::<user::Entity>()
        .col_expr(user::Column::Email, Expr::value("bulk"))
        .filter(user::Column::Id.eq(user.id))
        .exec(tx)
        .await?;
    new_user("inserted").insert(tx).await?;
    bulk::insert_many(tx, [new_user("many")]).await?;
    bulk::delete_many::<user::Entity>(tx, email("many")).await?;
    user.clone().delete(tx).await.map(drop)
}

/// SQLite has one writer.
async fn writers_of_two_rows_do_not_wait(database: &Database) {
    if !database.aborts() {
        return;
    }
    create_tables(database).await;
    let registry = Registry::new();
    let journal = journal_of(&registry, "events::db::.*ed");
    let (reached, is_reached) = watch::channel(false);
    // A check that never ends, with the row of the first writer locked.
    let wait = async |event: &mut Updating<user::Model>, reached: &watch::Sender<bool>| {
        if event.record.email == "stays" {
            reached.send_replace(true);
            pending::<()>().await;
        }
    };
    registry.on_awaited_with(reached, wait).detach();
    let db = database.many(&registry, 3).await;
    for is_in_check in [false, true] {
        let one = new_user("one").insert(&db).await.unwrap();
        let two = new_user("two").insert(&db).await.unwrap();
        journal.take();
        let first = db.begin().await.unwrap();
        let email = if is_in_check { "stays" } else { "held" };
        let mut update = Box::pin(change(&one, email).update(&first));
        if is_in_check {
            let mut is_reached = is_reached.clone();
            tokio::select! {
                _ = &mut update => panic!("it stays in its check"),
                reached = is_reached.wait_for(|is_reached| *is_reached) => drop(reached.unwrap()),
            }
        } else {
            (&mut update).await.unwrap();
        }
        // The other row, in a transaction, and with the pool.
        transaction(&db, async |tx| write_each_kind(tx, &two).await)
            .await
            .unwrap();
        assert_eq!(journal.take().len(), 7, "the events of the second writer");
        let three = new_user("three").insert(&db).await.unwrap();
        change(&three, "four").update(&db).await.unwrap();
        three.delete(&db).await.unwrap();
        assert_eq!(journal.take().len(), 3);
        // The same row would wait.
        let same = transaction(&db, async |tx| write_each_kind(tx, &one).await).await;
        let error = same.unwrap_err().to_string();
        assert!(error.contains("lock timeout"), "{error}");
        drop(update);
        drop(first);
    }
}

/// A handle of a savepoint is dropped in one task, while another one writes with the handle around it: what it has written goes with the
/// savepoint, as in the database, and the transaction continues.
async fn a_savepoint_is_dropped_while_another_task_writes(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    registry
        .on(move |event: &Created<user::Model>| notes.note(&event.record.email))
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Updated<user::Model>| notes.note(event.diff.to_string()))
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Deleted<user::Model>| notes.note(format!("-{}", event.record.email)))
        .detach();
    let db = database.db(&registry);
    // Each statement is prepared, so that it has one answer.
    let first = new_user("first").insert(&db).await.unwrap();
    let first = change(&first, "second").update(&db).await.unwrap();
    first.delete(&db).await.unwrap();
    journal.take();
    for kind in ["insert", "update", "delete"] {
        let old = new_user("old").insert(&db.quietly()).await.unwrap();
        let tx = db.begin().await.unwrap();
        new_user("before").insert(&tx).await.unwrap();
        let point = tx.begin().await.unwrap();
        new_user("inside").insert(&point).await.unwrap();
        // The answers before that of the write: a delete reads the old row; an update on PostgreSQL is one statement.
        let reads = usize::from(kind == "delete" && database.aborts());
        database.gate.close_after(reads);
        let write = async {
            match kind {
                "insert" => new_user("around").insert(&tx).await.map(drop),
                "update" => change(&old, "around").update(&tx).await.map(drop),
                _ => old.clone().delete(&tx).await.map(drop),
            }
        };
        let (written, ()) = tokio::join!(write, async {
            database.gate.held().await;
            drop(point);
            database.gate.open();
        });
        written.unwrap();
        new_user("after").insert(&tx).await.unwrap();
        tx.commit().await.unwrap();
        database.check_clean(kind).await;
        assert_eq!(journal.take(), ["before", "after"], "{kind}");
        let rows = user::Entity::find().all(&database.other).await.unwrap();
        let mut rows: Vec<_> = rows.iter().map(|row| row.email.as_str()).collect();
        rows.sort_unstable();
        assert_eq!(rows, ["after", "before", "old"], "{kind}");
        let delete = user::Entity::delete_many();
        delete.exec(&database.other).await.unwrap();
    }
}

/// A statement waits until a savepoint that is dropped has ended in the unit as well.
async fn a_statement_waits_for_the_end_of_a_savepoint(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    registry
        .on(move |event: &Created<user::Model>| notes.note(&event.record.email))
        .detach();
    let (dropping, is_dropping) = std::sync::mpsc::channel();
    let (go, gone) = std::sync::mpsc::channel();
    let gone = std::sync::Mutex::new(gone);
    let wait = move |event: &Created<user::Model>| {
        if event.record.email == "lost" {
            dropping.send(()).unwrap();
            gone.lock().unwrap().recv().unwrap();
        }
    };
    let wait = registry.subscribe(wait).after_rollback();
    wait.register().unwrap().detach();
    let tx = database.db(&registry).begin().await.unwrap();
    let point = tx.begin().await.unwrap();
    new_user("lost").insert(&point).await.unwrap();
    let dropped = std::thread::spawn(move || drop(point));
    is_dropping.recv().unwrap();
    // The savepoint ends: its subscriber runs.
    let mut insert = Box::pin(new_user("kept").insert(&tx));
    for _ in 0..10_000 {
        let poll = poll_fn(|context| Poll::Ready(insert.as_mut().poll(context).is_pending()));
        assert!(poll.await, "it waits");
        tokio::task::yield_now().await;
    }
    go.send(()).unwrap();
    insert.await.unwrap();
    dropped.join().unwrap();
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["kept"]);
    database.check_clean("it has ended").await;
}

on_both! {
    writers_of_two_rows_do_not_wait;
    a_savepoint_is_dropped_while_another_task_writes;
    a_statement_waits_for_the_end_of_a_savepoint;
}
