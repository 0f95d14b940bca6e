//! Writes of many records.

use std::sync::mpsc;

use events_core::{
    Registry,
    record::{Creating, Deleted, Deleting, Updated, Updating},
};
use events_seaorm::{Tx, bulk, veto_reason};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, Set,
    TransactionTrait,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Journal,
    database::{Database, on_both},
    records::{
        entities::{create_tables, journal_of, link, observed, user},
        new_post, new_user, users,
    },
};

async fn each_record_has_its_events(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let active = |email: &str| user::ActiveModel {
        active: Set(false),
        ..new_user(email)
    };
    // What is not set in some rows has its default there.
    let inserted = bulk::insert_many(&db, [active("a"), new_user("b"), active("c")])
        .await
        .unwrap();
    let rows: Vec<_> = inserted
        .iter()
        .map(|user| (user.email.as_str(), user.active))
        .collect();
    assert_eq!(rows, [("a", false), ("b", true), ("c", false)]);
    assert_eq!(
        journal.take().join(" "),
        "user.creating user.creating user.creating user.created user.created user.created"
    );

    let updated = bulk::update_many::<user::Entity>()
        .col_expr(user::Column::Email, Expr::value("c"))
        .col_expr(user::Column::Visits, Expr::col(user::Column::Visits).add(1))
        .filter(user::Column::Email.is_in(["b", "c"]))
        .exec(&db);
    let updated = updated.await.unwrap();
    assert_eq!(
        updated.iter().map(|user| user.visits).collect::<Vec<_>>(),
        [1, 1]
    );
    let diff = r#"(email: "b" -> "c")"#;
    assert_eq!(
        journal.take().join(" "),
        format!("user.updating{diff} user.updated{diff}")
    );

    assert_eq!(
        bulk::delete_many::<user::Entity>(&db, user::Column::Email.eq("c"))
            .await
            .unwrap(),
        2
    );
    assert_eq!(
        journal.take().join(" "),
        "user.deleting user.deleting user.deleted user.deleted"
    );
    assert_eq!(users(database).await, 1);

    // In a transaction they wait for its commit; in one that is quiet there are none.
    let tx = db.begin().await.unwrap();
    bulk::insert_many(&tx, [active("d")]).await.unwrap();
    assert_eq!(journal.take().join(" "), "user.creating");
    tx.commit().await.unwrap();
    assert_eq!(journal.take().join(" "), "user.created");
    let quiet = db.quietly();
    bulk::insert_many(&quiet, [active("e")]).await.unwrap();
    bulk::update_many::<user::Entity>()
        .col_expr(user::Column::Email, Expr::value("f"))
        .exec(&quiet)
        .await
        .unwrap();
    assert_eq!(
        bulk::delete_many::<user::Entity>(&quiet, user::Column::Email.eq("f"))
            .await
            .unwrap(),
        3
    );
    assert!(journal.take().is_empty());
    assert!(
        bulk::insert_many::<_, user::ActiveModel>(&db, [])
            .await
            .unwrap()
            .is_empty()
    );
}

async fn a_veto_takes_back_all(database: &Database) {
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
            event.record.note = Some("seen".to_owned());
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
    let error = bulk::insert_many(&db, [new_user("a"), new_user("bad")])
        .await
        .unwrap_err();
    assert_eq!(veto_reason(&error), Some("it is bad"));
    assert_eq!(users(database).await, 0);

    bulk::insert_many(&db, [new_user("a"), new_user("kept")])
        .await
        .unwrap();
    journal.take();
    let set = |email: &str| {
        bulk::update_many::<user::Entity>().col_expr(user::Column::Email, Expr::value(email))
    };
    let error = set("bad").exec(&db).await.unwrap_err();
    assert_eq!(veto_reason(&error), Some("no change"));
    // What a subscriber changes is written.
    let filtered = set("b").filter(user::Column::Email.eq("a"));
    let updated = filtered.exec(&db).await.unwrap();
    assert_eq!(updated[0].note.as_deref(), Some("seen"));
    assert_eq!(
        journal.take(),
        [r#"user.updated(email: "a" -> "b", note: None -> Some("seen"))"#]
    );

    let error = bulk::delete_many::<user::Entity>(&db, user::Column::Id.gt(0))
        .await
        .unwrap_err();
    assert_eq!(veto_reason(&error), Some("it is kept"));
    assert_eq!(users(database).await, 2);
    assert!(journal.take().is_empty());
    database.check_clean("vetoed").await;
}

/// A condition that other rows meet at each statement: each row that is updated has its event, and no other.
async fn a_condition_that_other_rows_meet(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let received = Journal::default();
    let notes = received.clone();
    registry
        .on(move |event: &Updated<user::Model>| {
            notes.note(format!("{}: {}", event.record.id, event.diff));
        })
        .detach();
    let db = database.db(&registry);
    let inserted = bulk::insert_many(&db, (0..500).map(|number| new_user(&format!("{number}"))));
    let inserted = inserted.await.unwrap();
    let is_met = match database.aborts() {
        true => "random() < 0.5",
        false => "random() < 0",
    };
    let update = bulk::update_many::<user::Entity>()
        .col_expr(user::Column::Email, Expr::value("x"))
        .filter(Expr::cust(is_met));
    let updated = update.exec(&db).await.unwrap();
    let is_updated = |old: &&user::Model| updated.iter().any(|new| new.id == old.id);
    let changes = inserted.iter().filter(is_updated);
    let changes = changes.map(|old| format!("{}: email: {:?} -> \"x\"", old.id, old.email));
    let (mut received, mut changes) = (received.take(), changes.collect::<Vec<_>>());
    received.sort();
    changes.sort();
    assert_eq!(received, changes);
    let is_updated = user::Entity::find().filter(user::Column::Email.eq("x"));
    let written = is_updated.count(&database.other).await.unwrap();
    assert_eq!(written, updated.len() as u64);
    assert!((1..500).contains(&updated.len()));
}

async fn many_records_are_several_statements(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let inserted = bulk::insert_many(&db, (0..2_500).map(|number| new_user(&format!("{number}"))))
        .await
        .unwrap();
    assert_eq!(
        (inserted.len(), inserted[2_499].email.as_str()),
        (2_500, "2499")
    );
    assert_eq!(journal.take().len(), 5_000);
    let updated =
        bulk::update_many::<user::Entity>().col_expr(user::Column::Email, Expr::value("x"));
    assert_eq!(updated.exec(&db).await.unwrap().len(), 2_500);
    assert_eq!(journal.take().len(), 5_000);
    assert_eq!(
        bulk::delete_many::<user::Entity>(&db, user::Column::Email.eq("x"))
            .await
            .unwrap(),
        2_500
    );
    assert_eq!(journal.take().len(), 5_000);

    // By keys of several columns.
    let post = new_post(&db).await;
    let link = |number| link::ActiveModel {
        post_id: Set(post),
        tag: Set(format!("{number}")),
        weight: Set(1),
    };
    bulk::insert_many(&db, (0..1_500).map(link)).await.unwrap();
    let heavier =
        bulk::update_many::<link::Entity>().col_expr(link::Column::Weight, Expr::value(2));
    assert_eq!(heavier.exec(&db).await.unwrap().len(), 1_500);
    assert_eq!(
        bulk::delete_many::<link::Entity>(&db, link::Column::Weight.eq(2))
            .await
            .unwrap(),
        1_500
    );
    assert_eq!(journal.take().len(), 9_000);
    assert_eq!(
        link::Entity::find().count(&database.other).await.unwrap(),
        0
    );
}

/// A trigger of the database: the count of the statement shows it, and the others are looked for.
async fn what_the_database_keeps_is_not_deleted(database: &Database) {
    create_tables(database).await;
    let statements: &[&str] = match database.other.get_database_backend() {
        DbBackend::Sqlite => &[
            "CREATE TRIGGER keep BEFORE DELETE ON \"user\" WHEN OLD.email = 'kept' \
             BEGIN SELECT RAISE(IGNORE); END",
        ],
        _ => &[
            "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS $$
             BEGIN IF OLD.email = 'kept' THEN RETURN NULL; END IF; RETURN OLD; END $$",
            "CREATE TRIGGER keep BEFORE DELETE ON \"user\" FOR EACH ROW EXECUTE FUNCTION keep()",
        ],
    };
    for statement in statements {
        database.other.execute_unprepared(statement).await.unwrap();
    }
    let (registry, journal) = observed();
    let db = database.db(&registry);
    for _ in 0..2 {
        bulk::insert_many(&db, ["a", "kept", "b"].map(new_user))
            .await
            .unwrap();
        journal.take();
        let deleted = bulk::delete_many::<user::Entity>(&db, user::Column::Id.gt(0)).await;
        assert_eq!(deleted.unwrap(), 2);
        let events = journal.take();
        let count = |name| events.iter().filter(|event| event.as_str() == name).count();
        assert_eq!(count("user.deleted"), 2, "{events:?}");
    }
    assert_eq!(users(database).await, 2);
}

/// Changes all records, after some other statements. Returns how many there were.
async fn change_after(tx: &Tx, statements: usize) -> u64 {
    for _ in 0..statements {
        tx.execute_unprepared("SELECT 1").await.unwrap();
    }
    let update = r#"UPDATE "user" SET email = 'new'"#;
    tx.execute_unprepared(update).await.unwrap().rows_affected()
}

/// In the transaction of a caller another statement runs between those of the bulk write, at each place: the event has the record as it
/// was deleted.
async fn what_changes_meanwhile_is_deleted_as_it_is_then(database: &Database) {
    create_tables(database).await;
    let (registry, (log, deleted)) = (Registry::new(), mpsc::channel());
    registry
        .subscribe(move |event: &Deleted<user::Model>| log.send(event.record.email.clone()))
        .register()
        .unwrap()
        .detach();
    let db = database.db(&registry);
    for before in 0..6 {
        bulk::insert_many(&db, [new_user("old")]).await.unwrap();
        let tx = db.begin().await.unwrap();
        let delete = bulk::delete_many::<user::Entity>(&tx, user::Column::Id.gt(0));
        let (count, changed) = tokio::join!(delete, change_after(&tx, before));
        assert_eq!(count.unwrap(), 1);
        tx.commit().await.unwrap();
        let expected = if changed == 1 { "new" } else { "old" };
        assert_eq!(deleted.try_recv().as_deref(), Ok(expected), "{before}");
    }
}

/// The same for an update: its diff begins with what the other statement has written, or that statement runs after it.
async fn what_changes_meanwhile_is_updated_as_it_is_then(database: &Database) {
    create_tables(database).await;
    let (registry, (log, updated)) = (Registry::new(), mpsc::channel());
    registry
        .subscribe(move |event: &Updated<user::Model>| log.send(event.diff.to_string()))
        .register()
        .unwrap()
        .detach();
    let db = database.db(&registry);
    for before in 0..6 {
        db.execute_unprepared(r#"DELETE FROM "user""#)
            .await
            .unwrap();
        bulk::insert_many(&db, [new_user("old")]).await.unwrap();
        let tx = db.begin().await.unwrap();
        let update = bulk::update_many::<user::Entity>()
            .col_expr(user::Column::Email, Expr::value("bulk"))
            .exec(&tx);
        let (rows, _) = tokio::join!(update, change_after(&tx, before));
        assert_eq!(rows.unwrap()[0].email, "bulk");
        tx.commit().await.unwrap();
        let last = user::Entity::find().one(&db).await.unwrap().unwrap().email;
        let from = if last == "new" { "old" } else { "new" };
        let expected = format!(r#"email: "{from}" -> "bulk""#);
        assert_eq!(updated.try_recv(), Ok(expected), "{before}");
    }
}

async fn a_key_is_not_set(database: &Database) {
    create_tables(database).await;
    let db = database.db(&Registry::new());
    let update = bulk::update_many::<user::Entity>();
    let error = update.exec(&db).await.unwrap_err().to_string();
    assert!(error.contains("sets no column"), "{error}");
    let update = bulk::update_many::<user::Entity>().col_expr(user::Column::Id, Expr::value(7));
    let error = update.exec(&db).await.unwrap_err().to_string();
    assert!(error.contains("sets a column of the key"), "{error}");
}

on_both! {
    each_record_has_its_events;
    a_veto_takes_back_all;
    a_condition_that_other_rows_meet;
    many_records_are_several_statements;
    what_the_database_keeps_is_not_deleted;
    what_changes_meanwhile_is_deleted_as_it_is_then;
    what_changes_meanwhile_is_updated_as_it_is_then;
    a_key_is_not_set;
}
