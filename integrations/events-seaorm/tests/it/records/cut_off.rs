//! Writes that are cut off, and many at the same time: no row without its event, and no event without its row.

use std::collections::HashMap;

use events_core::{
    EventCopy, Registry,
    record::{Created, Deleted, Updated, Updating},
};
use events_seaorm::{Db, register_models, transaction};
use sea_orm::{
    ActiveModelTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait, Set, TransactionTrait,
};

use crate::{
    Journal, cut_off_after, cut_off_at,
    database::{Database, on_both},
    records::{
        check_chain,
        entities::{create_tables, user},
        new_user, users,
    },
};

/// What was received: the e-mail address of each record, as it would be now.
fn replica(registry: &Registry) -> Replica {
    let replica = Replica::default();
    let rows = replica.0.clone();
    registry
        .on(move |event: &Created<user::Model>| {
            // A panic here would not fail the test: a row that the database has not does.
            let mut rows = rows.lock().unwrap();
            let old = rows.insert(event.record.id, event.record.email.clone());
            if old.is_some() {
                rows.insert(-1, "created twice".to_owned());
            }
        })
        .detach();
    let rows = replica.0.clone();
    registry
        .on(move |event: &Updated<user::Model>| {
            rows.lock()
                .unwrap()
                .insert(event.record.id, event.record.email.clone());
        })
        .detach();
    let rows = replica.0.clone();
    registry
        .on(move |event: &Deleted<user::Model>| {
            let mut rows = rows.lock().unwrap();
            if rows.remove(&event.record.id).is_none() {
                rows.insert(-1, "deleted twice".to_owned());
            }
        })
        .detach();
    replica
}

#[derive(Clone, Default)]
struct Replica(std::sync::Arc<std::sync::Mutex<HashMap<i32, String>>>);

impl Replica {
    async fn check(&self, database: &Database, what: &str) {
        database.check_clean(what).await;
        let rows = user::Entity::find().all(&database.other).await.unwrap();
        let rows: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row.email)).collect();
        assert_eq!(*self.0.lock().unwrap(), rows, "{what}");
    }
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Insert,
    Update,
    Delete,
}

async fn write(db: &Db, kind: Kind, is_in_tx: bool, id: i32) -> Result<(), DbErr> {
    let active = user::ActiveModel {
        id: Set(id),
        ..Default::default()
    };
    let changed = user::ActiveModel {
        email: Set("changed".to_owned()),
        ..active.clone()
    };
    if is_in_tx {
        let tx = db.begin().await?;
        match kind {
            Kind::Insert => drop(new_user("new").insert(&tx).await?),
            Kind::Update => drop(changed.update(&tx).await?),
            Kind::Delete => assert!(active.delete(&tx).await?.rows_affected <= 1),
        }
        return tx.commit().await;
    }
    match kind {
        Kind::Insert => new_user("new").insert(db).await.map(drop),
        Kind::Update => changed.update(db).await.map(drop),
        Kind::Delete => active.delete(db).await.map(drop),
    }
}

async fn a_write_that_is_cut_off_has_its_event_or_is_not_made(database: &Database) {
    create_tables(database).await;
    for is_checked in [false, true] {
        let registry = Registry::new();
        let replica = replica(&registry);
        if is_checked {
            registry.on(|_: &Updating<user::Model>| ()).detach();
            registry
                .on(|_: &events_core::record::Creating<user::Model>| ())
                .detach();
            registry
                .on(|_: &events_core::record::Deleting<user::Model>| ())
                .detach();
        }
        let db = database.db(&registry);
        for kind in [Kind::Insert, Kind::Update, Kind::Delete] {
            for is_in_tx in [false, true] {
                let what = format!("{kind:?} {is_in_tx} {is_checked}");
                // At each answer of the database.
                for answers in 0.. {
                    let id = new_user("old").insert(&db).await.unwrap().id;
                    let is_gated = database.aborts() || answers == 0;
                    if is_gated {
                        database.gate.close_after(answers);
                    }
                    let output = cut_off_at(&database.gate, write(&db, kind, is_in_tx, id)).await;
                    database.gate.open();
                    replica.check(database, &what).await;
                    if output.is_some() {
                        assert!(answers > 0, "{what}: it was cut off nowhere");
                        break;
                    }
                }
                // After each number of polls.
                for polls in 0..12 {
                    let id = new_user("old").insert(&db).await.unwrap().id;
                    let _ = cut_off_after(polls, write(&db, kind, is_in_tx, id)).await;
                    replica.check(database, &what).await;
                }
            }
        }
        user::Entity::delete_many()
            .exec(&database.other)
            .await
            .unwrap();
    }
}

/// A write in a transaction that is committed, although the write was cut off.
async fn a_write_that_is_cut_off_in_a_transaction(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let replica = replica(&registry);
    let db = database.db(&registry);
    for polls in 0..8 {
        let tx = db.begin().await.unwrap();
        let ada = new_user("a").insert(&tx).await.unwrap();
        let mut change = ada.clone().into_active_model();
        change.email = Set("b".to_owned());
        let _ = cut_off_after(polls, change.update(&tx)).await;
        let _ = cut_off_after(polls, new_user("c").insert(&tx)).await;
        let _ = cut_off_after(polls, ada.delete(&tx)).await;
        tx.commit().await.unwrap();
        replica.check(database, "in a transaction").await;
    }
    assert!(users(database).await > 0);
}

/// The commit waits for the event of a write that was cut off.
async fn a_commit_waits_for_the_events_of_writes(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let (go, gone) = tokio::sync::watch::channel(false);
    let wait = async |_: &mut Created<user::Model>, go: &tokio::sync::watch::Receiver<bool>| {
        go.clone().wait_for(|go| *go).await.unwrap();
    };
    let slow = registry.subscribe_awaited_with(gone, wait);
    slow.at_once().register().unwrap().detach();
    let replica = replica(&registry);
    let tx = database.db(&registry).begin().await.unwrap();
    let mut insert = Box::pin(new_user("a").insert(&tx));
    // Until the subscriber waits: the row is written.
    let written = async { while user::Entity::find().all(&tx).await.unwrap().is_empty() {} };
    tokio::select! {
        biased;
        _ = &mut insert => panic!("it waits"),
        () = written => {}
    }
    drop(insert);
    let (result, ()) = tokio::join!(tx.commit(), async {
        for _ in 0..10 {
            assert_eq!(users(database).await, 0, "it is not committed before");
        }
        go.send(true).unwrap();
    });
    result.unwrap();
    replica.check(database, "committed").await;
    assert_eq!(users(database).await, 1);
}

/// A subscriber of `Creating` uses the pool, which has one connection.
async fn a_check_may_use_the_pool(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let db = database.db(&registry);
    let count = async |event: &mut events_core::record::Creating<user::Model>, db: &Db| {
        if user::Entity::find()
            .all(db)
            .await
            .is_ok_and(|users| !users.is_empty())
        {
            event.veto("there is one");
        }
    };
    registry.on_awaited_with(db.clone(), count).detach();
    new_user("a").insert(&db).await.unwrap();
    let error = new_user("b").insert(&db).await.unwrap_err();
    assert_eq!(events_seaorm::veto_reason(&error), Some("there is one"));
}

/// Tasks that update one row, and commit, roll back, are vetoed, panic, or are cut off.
async fn the_changes_of_a_row_follow_one_another(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let (changes, notes) = (Journal::default(), Journal::default());
    let of_handler = changes.clone();
    registry
        .on(move |event: &Updated<user::Model>| {
            let email = event.diff.get("email").unwrap();
            of_handler.note(format!(
                "{} {}",
                email.old::<String>().unwrap(),
                email.new::<String>().unwrap()
            ));
        })
        .detach();
    registry
        .on(|event: &mut Updating<user::Model>| {
            if event.record.email.contains("veto") {
                event.veto("no");
            }
        })
        .detach();
    let db = database.many(&registry, 4).await;
    let id = new_user("start").insert(&db).await.unwrap().id;
    let set = move |email: String| user::ActiveModel {
        id: Set(id),
        email: Set(email),
        ..Default::default()
    };
    let mut tasks = Vec::new();
    for number in 0..60_usize {
        let db = db.clone();
        tasks.push(tokio::spawn(async move {
            let email = format!("{number}");
            match number % 6 {
                0 => drop(set(email).update(&db).await.unwrap()),
                1 => assert!(set(format!("veto{number}")).update(&db).await.is_err()),
                2 => drop(cut_off_after(number, set(email).update(&db)).await),
                3 => {
                    let rolled_back = transaction(&db, async |tx| -> Result<(), DbErr> {
                        set(email).update(tx).await?;
                        Err(DbErr::RecordNotUpdated)
                    });
                    rolled_back.await.unwrap_err();
                }
                4 => transaction(&db, async |tx| -> Result<(), DbErr> {
                    let point = tx.begin().await?;
                    set(format!("lost{number}")).update(&point).await?;
                    drop(point);
                    set(email).update(tx).await?;
                    set(format!("{number}b")).update(tx).await.map(drop)
                })
                .await
                .unwrap(),
                _ => {
                    let tx = db.begin().await.unwrap();
                    set(email).update(&tx).await.unwrap();
                    panic!("on purpose");
                }
            }
        }));
    }
    let mut panicked = 0;
    for task in tasks {
        panicked += usize::from(task.await.is_err());
    }
    assert_eq!(panicked, 10);
    notes.note("done");
    // What was cut off may still be finished: once all connections are free, it has been.
    let mut free = Vec::new();
    for _ in 0..4 {
        free.push(db.connection().begin().await.unwrap());
    }
    drop(free);
    let changes = changes.take();
    assert!(changes.len() >= 30);
    let changes = changes.iter().map(|change| change.split_once(' ').unwrap());
    let email = check_chain(changes, "start", "cut off");
    let row = user::Entity::find_by_id(id)
        .one(&database.other)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row.email, email);
}

/// Async and deferred subscribers of a pattern receive copies, from the queue, after the commit.
async fn patterns_receive_copies(database: &Database) {
    create_tables(database).await;
    register_models!(user::Entity, crate::records::entities::post::Entity);
    assert!(
        events_core::record::models()
            .iter()
            .any(|model| model.name().ends_with("post::Model"))
    );
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    let audit = move |event: &EventCopy| {
        let created = event.downcast_ref::<Created<user::Model>>().unwrap();
        notes.note(&created.record.email);
    };
    registry
        .on_topic_deferred("events::db::.*::created", audit)
        .unwrap()
        .detach();
    let db = database.db(&registry);
    let tx = db.begin().await.unwrap();
    new_user("a").insert(&tx).await.unwrap();
    assert_eq!(registry.queue().flush().ran(), 0);
    tx.commit().await.unwrap();
    new_user("b").insert(&db).await.unwrap();
    assert_eq!(registry.queue().flush().ran(), 2);
    assert_eq!(journal.take(), ["a", "b"]);
}

on_both! {
    a_write_that_is_cut_off_has_its_event_or_is_not_made;
    a_write_that_is_cut_off_in_a_transaction;
    a_commit_waits_for_the_events_of_writes;
    a_check_may_use_the_pool;
    the_changes_of_a_row_follow_one_another;
    patterns_receive_copies;
}
