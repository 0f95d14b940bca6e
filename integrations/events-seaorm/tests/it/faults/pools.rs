//! A pool that is closed, a registry that is dropped between a write and its commit, and a check that times out.

use std::{
    future::{pending, poll_fn},
    task::Poll,
    time::Duration,
};

use events_core::{
    Registry,
    record::{Created, Creating, Deleting, Updating},
    subscriber, subscribers,
};
use events_seaorm::{Db, bulk, failed_check, transaction, veto_reason};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, ModelTrait, TransactionTrait, sea_query::Expr,
};

use super::{change, check_error};
use crate::{
    Journal,
    database::{Database, on_both},
    records::{
        entities::{create_tables, journal_of, user},
        new_user, users,
    },
};

async fn a_pool_is_closed(database: &Database) {
    create_tables(database).await;
    for is_checked in [false, true] {
        let registry = Registry::new();
        let journal = journal_of(&registry, "events::db::.*ed");
        if is_checked {
            registry.on(|_: &Creating<user::Model>| ()).detach();
            registry.on(|_: &Updating<user::Model>| ()).detach();
        }
        let db = database.many(&registry, 2).await;
        let before = users(database).await;
        let ada = new_user("a").insert(&db).await.unwrap();
        journal.take();
        let tx = db.begin().await.unwrap();
        new_user("b").insert(&tx).await.unwrap();
        // It is closed by the first poll, and waits for the connection of the transaction.
        let mut close = Box::pin(db.connection().close_by_ref());
        let is_closing = poll_fn(|context| Poll::Ready(close.as_mut().poll(context).is_pending()));
        assert!(is_closing.await);
        // Nothing begins, and what has begun ends as it would.
        let texts = &["closed pool", "Connection closed"];
        let error = new_user("c").insert(&db).await.unwrap_err();
        check_error(&error, texts);
        let error = change(&ada, "c").update(&db).await.unwrap_err();
        check_error(&error, texts);
        check_error(&ada.delete(&db).await.unwrap_err(), texts);
        check_error(&db.begin().await.unwrap_err(), texts);
        assert!(journal.take().is_empty());
        tx.commit().await.unwrap();
        assert_eq!(journal.take(), ["user.created"]);
        close.await.unwrap();
        assert_eq!(users(database).await, before + 2);
    }
}

/// A transaction has the registry of its `Db`, and what it holds has the subscribers of the emit.
async fn a_registry_is_dropped_before_the_commit(database: &Database) {
    create_tables(database).await;
    let journal = Journal::default();
    let registry = || {
        let (registry, notes) = (Registry::new(), journal.clone());
        registry
            .on(move |event: &Created<user::Model>| notes.note(&event.record.email))
            .detach();
        registry
    };
    // That of the `Db`, which keeps it.
    let of_db = registry();
    let db = database.db(&of_db);
    let tx = db.begin().await.unwrap();
    new_user("a").insert(&tx).await.unwrap();
    drop((of_db, db));
    new_user("b").insert(&tx).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), ["a", "b"]);

    // The current one, which nothing else keeps.
    let db = Db::new(database.db(&Registry::new()).connection().clone());
    let current = registry();
    let scope = current.enter();
    let tx = db.begin().await.unwrap();
    new_user("c").insert(&tx).await.unwrap();
    drop(scope);
    drop(current);
    let other = Registry::new().enter();
    tx.commit().await.unwrap();
    drop(other);
    assert_eq!(journal.take(), ["c"]);
    // In the middle of a check of the write: it holds the registry for the call.
    let weak = {
        let current = registry();
        let scope = current.enter();
        let insert = new_user("d").insert(&db);
        insert.await.unwrap();
        drop(scope);
        current.downgrade()
    };
    assert_eq!(journal.take(), ["d"]);
    assert!(weak.upgrade().is_none(), "nothing keeps it");
    assert_eq!(users(database).await, 4);
}

#[subscriber(timeout = Duration::from_millis(1))]
async fn never_creates(_: &mut Creating<user::Model>) {
    pending::<()>().await;
}

#[subscriber(timeout = Duration::from_millis(1))]
async fn never_updates(_: &mut Updating<user::Model>) {
    pending::<()>().await;
}

#[subscriber(timeout = Duration::from_millis(1))]
async fn never_deletes(_: &mut Deleting<user::Model>) {
    pending::<()>().await;
}

async fn a_check_that_times_out_refuses_the_write(database: &Database) {
    create_tables(database).await;
    let registry = Registry::with(subscribers![never_creates, never_updates, never_deletes]);
    let journal = journal_of(&registry, "events::db::.*ed");
    let db = database.db(&registry);
    let ada = new_user("a").insert(&db.quietly()).await.unwrap();
    let check = |name: &str, result: Result<(), DbErr>| {
        let error = result.unwrap_err();
        assert_eq!(veto_reason(&error), None);
        let failed = failed_check(&error).unwrap();
        assert_eq!(
            failed.name(),
            Some(&*format!("it::faults::pools::{name}")),
            "{error}"
        );
        assert!(failed.cause().contains("its `timeout`"), "{error}");
    };
    let of_ada = || user::Column::Id.eq(ada.id);
    check("never_creates", new_user("b").insert(&db).await.map(drop));
    check(
        "never_creates",
        bulk::insert_many(&db, [new_user("b")]).await.map(drop),
    );
    check(
        "never_updates",
        change(&ada, "c").update(&db).await.map(drop),
    );
    let update = bulk::update_many::<user::Entity>()
        .col_expr(user::Column::Email, Expr::value("c"))
        .filter(of_ada());
    check("never_updates", update.exec(&db).await.map(drop));
    check("never_deletes", ada.clone().delete(&db).await.map(drop));
    let delete = bulk::delete_many::<user::Entity>(&db, of_ada());
    check("never_deletes", delete.await.map(drop));
    database.check_clean("refused").await;
    // The rest of a transaction is committed.
    transaction(&db, async |tx| -> Result<(), DbErr> {
        check("never_creates", new_user("d").insert(tx).await.map(drop));
        crate::database::save(tx, "kept").await
    })
    .await
    .unwrap();
    assert_eq!(database.committed().await, ["kept"]);
    assert!(journal.take().is_empty());
    assert_eq!(users(database).await, 1);
}

on_both! {
    a_pool_is_closed;
    a_registry_is_dropped_before_the_commit;
    a_check_that_times_out_refuses_the_write;
}
