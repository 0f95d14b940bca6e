//! Subscribers that refuse a write, and those that query in its transaction.

use std::future::poll_fn;

use events_core::{
    Registry,
    record::{Created, Creating, Deleting, Updating},
    subscriber, subscribers,
};
use events_seaorm::{Tx, failed_check, transaction, veto_reason};
use futures_core::Stream as _;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    ModelTrait, PaginatorTrait, QueryFilter, Set, Statement, StreamTrait, TransactionTrait,
};

use super::{
    entities::{create_tables, journal_of, link, user},
    new_post, new_user, users,
};
use crate::{
    Saved,
    database::{Database, on_both, save},
};

async fn a_veto_prevents_the_write(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    registry
        .on(|event: &mut Creating<user::Model>| {
            if event.record.email == "bad" {
                event.veto("it is bad");
            }
        })
        .detach();
    registry
        .on(|event: &mut Updating<user::Model>| {
            if event.record.email == "bad" {
                event.veto("no change");
            }
        })
        .detach();
    registry
        .on(|event: &mut Deleting<user::Model>| {
            if event.record.email == "kept" {
                event.veto("it is kept");
            }
        })
        .detach();
    let journal = journal_of(&registry, "events::db::.*ed");
    let db = database.db(&registry);
    let check = |result: Result<(), DbErr>, reason| {
        assert_eq!(veto_reason(&result.unwrap_err()), Some(reason));
        assert!(journal.take().is_empty());
    };
    check(new_user("bad").insert(&db).await.map(drop), "it is bad");
    assert_eq!(users(database).await, 0);
    let kept = new_user("kept").insert(&db).await.unwrap();
    assert_eq!(journal.take(), ["user.created"]);
    let mut bad = kept.clone().into_active_model();
    bad.email = Set("bad".to_owned());
    check(bad.clone().update(&db).await.map(drop), "no change");
    check(
        bad.update_without_returning(&db).await.map(drop),
        "no change",
    );
    check(kept.clone().delete(&db).await.map(drop), "it is kept");
    database.check_clean("vetoed").await;

    // The rest of a transaction remains.
    transaction(&db, async |tx| -> Result<(), DbErr> {
        new_user("a").insert(tx).await?;
        let vetoed = new_user("bad").insert(tx).await.unwrap_err();
        assert_eq!(veto_reason(&vetoed), Some("it is bad"));
        new_user("b").insert(tx).await.map(drop)
    })
    .await
    .unwrap();
    assert_eq!(journal.take(), ["user.created"; 2]);
    assert_eq!(users(database).await, 3);
}

#[subscriber]
async fn fails(_: &mut Creating<user::Model>) -> Result<(), &'static str> {
    Err("the secret text")
}

#[subscriber]
fn panics(_: &mut Deleting<user::Model>) {
    panic!("on purpose");
}

/// `email` is free in the transaction of the write.
#[subscriber]
async fn email_is_free(event: &mut Creating<user::Model>, tx: &Tx) -> Result<(), DbErr> {
    let same = user::Entity::find().filter(user::Column::Email.eq(&event.record.email));
    if same.count(tx).await? > 0 {
        event.veto("this address is taken");
    }
    Ok(())
}

/// Writes another record in the transaction of the write.
#[subscriber]
async fn link_to_user(event: &mut Updating<user::Model>, tx: &Tx) -> Result<(), DbErr> {
    let link = link::ActiveModel {
        post_id: Set(1),
        tag: Set(event.record.email.clone()),
        weight: Set(1),
    };
    link.insert(tx).await.map(drop)
}

#[test]
fn explanations_say_that_a_transaction_is_needed() {
    let registry = Registry::with(subscribers![email_is_free]);
    let explanation = registry.explain::<Creating<user::Model>>();
    let called: Vec<_> = explanation.called().map(ToString::to_string).collect();
    let needed = ": called, in a transaction of events_seaorm";
    assert!(
        called.len() == 1 && called[0].ends_with(needed),
        "{called:?}"
    );
}

async fn a_check_that_fails_prevents_the_write(database: &Database) {
    create_tables(database).await;
    let registry = Registry::with(subscribers![fails, panics]);
    let db = database.db(&registry);
    let error = new_user("a").insert(&db).await.unwrap_err();
    assert_eq!(veto_reason(&error), None);
    let failed = failed_check(&error).unwrap();
    assert_eq!(failed.name(), Some("it::records::checks::fails"));
    assert_eq!(failed.cause(), "returned an error");
    assert_eq!(
        error.to_string(),
        format!("Custom Error: the write was refused: {failed}")
    );
    assert_eq!(users(database).await, 0);
    let ada = new_user("a").insert(&db.quietly()).await.unwrap();
    let error = ada.delete(&db).await.unwrap_err();
    let failed = failed_check(&error).unwrap();
    assert_eq!(failed.name(), Some("it::records::checks::panics"));
    assert_eq!(failed.cause(), "panicked");
    assert_eq!(users(database).await, 1);
}

async fn a_check_queries_in_the_transaction(database: &Database) {
    create_tables(database).await;
    let registry = Registry::with(subscribers![email_is_free, link_to_user]);
    let journal = journal_of(&registry, "events::db::.*ed");
    let db = database.db(&registry);
    assert_eq!(new_post(&db).await, 1);
    // Without a transaction of the caller.
    let ada = new_user("a").insert(&db).await.unwrap();
    let error = new_user("a").insert(&db).await.unwrap_err();
    assert_eq!(veto_reason(&error), Some("this address is taken"));
    let mut change = ada.clone().into_active_model();
    change.email = Set("b".to_owned());
    change.update(&db).await.unwrap();
    assert_eq!(
        journal.take().join(" "),
        "user.created link.created user.updated(email: \"a\" -> \"b\")"
    );
    assert_eq!(
        link::Entity::find().count(&database.other).await.unwrap(),
        1
    );
    // What it finds is not committed.
    let tx = db.begin().await.unwrap();
    new_user("c").insert(&tx).await.unwrap();
    let error = new_user("c").insert(&tx).await.unwrap_err();
    assert_eq!(veto_reason(&error), Some("this address is taken"));
    tx.rollback().await.unwrap();
    assert!(journal.take().is_empty());
    // What it writes is gone if the write fails.
    let mut orphan = ada.into_active_model();
    orphan.email = Set("d".to_owned());
    registry
        .on(|event: &mut Updating<user::Model>| event.veto("not now"))
        .detach();
    orphan.update(&db).await.unwrap_err();
    database.check_clean("vetoed").await;
    assert_eq!(
        link::Entity::find().count(&database.other).await.unwrap(),
        1
    );
    assert!(journal.take().is_empty());
}

/// What a subscriber may do in the transaction of the write: each kind of statement, and a savepoint that is rolled back. Returns how
/// many users there are for it.
async fn use_transaction(tx: &Tx, moment: &str, email: &str) -> Result<u64, DbErr> {
    let found = user::Entity::find().count(tx).await?;
    let link = link::ActiveModel {
        post_id: Set(1),
        tag: Set(format!("{moment} {email}")),
        weight: Set(1),
    };
    link.insert(tx).await?;
    save(tx, moment).await?;
    let count = Statement::from_string(
        ConnectionTrait::get_database_backend(tx),
        "SELECT id FROM \"user\"",
    );
    let rows = tx.query_all_raw(count.clone()).await?;
    assert_eq!(rows.len() as u64, found);
    let mut streamed = 0;
    {
        let mut stream = Box::pin(tx.stream_raw(count).await?);
        while let Some(row) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
            row?;
            streamed += 1;
        }
    }
    assert_eq!(streamed, found);
    let lost = transaction(tx, async |point| -> Result<(), DbErr> {
        save(point, "lost").await?;
        point.emit(Saved("lost".to_owned())).await?;
        Err(DbErr::RecordNotFound(String::new()))
    });
    lost.await.unwrap_err();
    tx.emit(Saved(format!("{moment} {email}"))).await?;
    Ok(found)
}

#[subscriber]
async fn use_in_creating(event: &mut Creating<user::Model>, tx: &Tx) -> Result<(), DbErr> {
    let found = use_transaction(tx, "creating", &event.record.email).await?;
    event.record.visits = i32::try_from(found).unwrap();
    let email = event.record.email.clone();
    refuse(&email, &mut |reason| event.veto(reason))
}

#[subscriber]
async fn use_in_updating(event: &mut Updating<user::Model>, tx: &Tx) -> Result<(), DbErr> {
    let found = use_transaction(tx, "updating", &event.record.email).await?;
    event.record.visits = i32::try_from(found).unwrap();
    let email = event.record.email.clone();
    refuse(&email, &mut |reason| event.veto(reason))
}

#[subscriber]
async fn use_in_deleting(event: &mut Deleting<user::Model>, tx: &Tx) -> Result<(), DbErr> {
    let email = event.record.email.clone();
    use_transaction(tx, "deleting", &email).await?;
    refuse(&email, &mut |reason| event.veto(reason))
}

fn refuse(email: &str, veto: &mut dyn FnMut(&'static str)) -> Result<(), DbErr> {
    match email {
        "veto" => veto("no"),
        "fail" => return Err(DbErr::RecordNotInserted),
        _ => {}
    }
    Ok(())
}

/// `Created` at once: the row is there, and what is written beside it is held with it.
#[subscriber(at_once)]
async fn use_in_created(event: &mut Created<user::Model>, tx: &Tx) -> Result<(), DbErr> {
    use_transaction(tx, "created", &event.record.email)
        .await
        .map(drop)
}

/// The statements of a write, for its subscribers and for all others.
async fn subscribers_use_the_transaction(database: &Database) {
    create_tables(database).await;
    let registry = Registry::with(subscribers![
        use_in_creating,
        use_in_updating,
        use_in_deleting,
        use_in_created
    ]);
    let journal = journal_of(&registry, "events::db::.*ed");
    let notes = journal.clone();
    registry
        .on(move |event: &Saved| notes.note(&event.0))
        .detach();
    let db = database.db(&registry);
    assert_eq!(new_post(&db).await, 1);
    /// Writes, and returns what is committed by each kind of statement.
    async fn write(db: &impl ConnectionTrait, email: &str) -> Result<(), DbErr> {
        let mut user = new_user(email).insert(db).await?;
        assert_eq!(user.visits, 0, "no other user was there");
        let mut change = user.into_active_model();
        change.email = Set(format!("{email}2"));
        user = change.update(db).await?;
        assert_eq!(user.visits, 1);
        user.delete(db).await.map(drop)
    }
    let check = async |what: &str, is_kept: bool| {
        database.check_clean(what).await;
        let links = link::Entity::find().all(&database.other).await.unwrap();
        let mut links: Vec<_> = links.into_iter().map(|link| link.tag).collect();
        links.sort();
        let (kept, moments): (&[&str], &[&str]) = match is_kept {
            true => (
                &["created a", "creating a", "deleting a2", "updating a2"],
                &["creating", "created", "updating", "deleting"],
            ),
            false => (&[], &[]),
        };
        assert_eq!(links, kept, "{what}");
        assert_eq!(database.committed().await, moments, "{what}");
        let mut received = journal.take();
        received.sort();
        let mut expected = kept.to_vec();
        if is_kept {
            expected.extend(["link.created"; 4]);
            expected.extend(["user.created", "user.deleted"]);
            expected.push("user.updated(email: \"a\" -> \"a2\")");
        }
        expected.sort_unstable();
        assert_eq!(received, expected, "{what}");
        assert_eq!(users(database).await, 0, "{what}");
        database.clear().await;
        let links = link::Entity::delete_many();
        links.exec(&database.other).await.unwrap();
    };
    write(&db, "a").await.unwrap();
    check("with the pool", true).await;
    transaction(&db, async |tx| write(tx, "a").await)
        .await
        .unwrap();
    check("in a transaction", true).await;
    let tx = db.begin().await.unwrap();
    transaction(&tx, async |point| write(point, "a").await)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    check("in a savepoint", true).await;
    let tx = db.begin().await.unwrap();
    write(&tx, "a").await.unwrap();
    tx.rollback().await.unwrap();
    check("rolled back", false).await;
    let check_refused = |error: &DbErr, email: &str| match email {
        "veto" => assert_eq!(
            (veto_reason(error), failed_check(error)),
            (Some("no"), None)
        ),
        _ => assert!(veto_reason(error).is_none() && failed_check(error).is_some()),
    };
    // Refused: what the subscriber has written is gone with a transaction of the write alone.
    for email in ["veto", "fail"] {
        let error = new_user(email).insert(&db).await.unwrap_err();
        check_refused(&error, email);
        check(email, false).await;
        let user = new_user("a").insert(&db.quietly()).await.unwrap();
        let mut change = user.clone().into_active_model();
        change.email = Set(email.to_owned());
        let error = change.clone().update(&db).await.unwrap_err();
        check_refused(&error, email);
        let user = change.update(&db.quietly()).await.unwrap();
        let error = user.clone().delete(&db).await.unwrap_err();
        check_refused(&error, email);
        user.delete(&db.quietly()).await.unwrap();
        check(email, false).await;
    }
}

on_both! {
    a_veto_prevents_the_write;
    a_check_that_fails_prevents_the_write;
    a_check_queries_in_the_transaction;
    subscribers_use_the_transaction;
}
