//! Subscribers that write the record of their event, and writes of one record that are joined: each event has what the database had.

use std::sync::{Arc, Mutex};

use events_core::{
    Registry,
    record::{Created, Deleted, Deleting, Updated, Updating},
    subscriber, subscribers,
};
use events_seaorm::{Tx, bulk, transaction};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ModelTrait, QueryFilter,
    Set, TransactionTrait,
};
use tokio::sync::watch;

use crate::records::{
    entities::{create_tables, user},
    new_user, users,
};
use crate::{
    Journal,
    database::{Database, on_both, save},
};

fn change(id: i32, email: &str) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(id),
        email: Set(email.to_owned()),
        ..Default::default()
    }
}

/// The diffs of updates, and the addresses of deleted users.
fn journaled(registry: &Registry) -> Journal {
    let journal = Journal::default();
    let notes = journal.clone();
    registry
        .on(move |event: &Updated<user::Model>| notes.note(event.diff.to_string()))
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Deleted<user::Model>| notes.note(format!("-{}", event.record.email)))
        .detach();
    journal
}

/// Writes the record before the write that it checks.
#[subscriber]
async fn update_first(event: &mut Updating<user::Model>, tx: &Tx) -> Result<(), DbErr> {
    if event.record.email == "outer" {
        change(event.record.id, "inner").update(tx).await?;
    }
    Ok(())
}

/// The same before a delete. Deletes another user with it, if its address says so.
#[subscriber]
async fn write_before_delete(event: &mut Deleting<user::Model>, tx: &Tx) -> Result<(), DbErr> {
    if event.record.email == "outer" {
        change(event.record.id, "inner").update(tx).await?;
    }
    if event.record.email == "first" {
        let second = user::Entity::find().filter(user::Column::Email.eq("second"));
        if let Some(second) = second.one(tx).await? {
            second.delete(tx).await?;
        }
    }
    Ok(())
}

async fn a_check_writes_the_same_record(database: &Database) {
    create_tables(database).await;
    let registry = Registry::with(subscribers![update_first, write_before_delete]);
    let journal = journaled(&registry);
    let db = database.db(&registry);
    for is_returning in [true, false] {
        let ada = new_user("a").insert(&db.quietly()).await.unwrap();
        let outer = change(ada.id, "outer");
        match is_returning {
            true => drop(outer.update(&db).await.unwrap()),
            false => drop(outer.update_without_returning(&db).await.unwrap()),
        }
        let chain = [r#"email: "a" -> "inner""#, r#"email: "inner" -> "outer""#];
        assert_eq!(journal.take(), chain, "{is_returning}");
        ada.delete(&db).await.unwrap();
        let chain = [r#"email: "outer" -> "inner""#, "-inner"];
        assert_eq!(journal.take(), chain, "{is_returning}");
    }
}

/// Two writes of a record wait for one another's statements, in one transaction.
async fn joined_updates_have_a_chain_of_diffs(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let journal = journaled(&registry);
    let db = database.db(&registry);
    let ada = new_user("a").insert(&db.quietly()).await.unwrap();
    transaction(&db, async |tx| -> Result<(), DbErr> {
        tokio::try_join!(
            change(ada.id, "b").update(tx),
            change(ada.id, "c").update(tx),
        )?;
        Ok(())
    })
    .await
    .unwrap();
    let chain = [r#"email: "a" -> "b""#, r#"email: "b" -> "c""#];
    assert_eq!(journal.take(), chain);
}

/// A row that a check has deleted is not deleted again.
async fn a_check_of_a_bulk_delete_deletes_another_row(database: &Database) {
    create_tables(database).await;
    let registry = Registry::with(subscribers![write_before_delete]);
    let journal = journaled(&registry);
    let db = database.db(&registry);
    new_user("first").insert(&db.quietly()).await.unwrap();
    new_user("second").insert(&db.quietly()).await.unwrap();
    let id = user::Column::Id.gt(0);
    bulk::delete_many::<user::Entity>(&db, id.clone())
        .await
        .unwrap();
    let mut deleted = journal.take();
    deleted.sort_unstable();
    assert_eq!(deleted, ["-first", "-second"]);
    // The row is as it is when it is deleted.
    new_user("outer").insert(&db.quietly()).await.unwrap();
    bulk::delete_many::<user::Entity>(&db, id).await.unwrap();
    assert_eq!(journal.take(), [r#"email: "outer" -> "inner""#, "-inner"]);
    assert_eq!(users(database).await, 0);
}

/// The subscriber that is awaited in the write is not ready when the savepoint of the write is rolled back.
async fn a_savepoint_is_rolled_back_under_an_awaited_subscriber(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = (Registry::new(), Journal::default());
    let (go, gone) = watch::channel(false);
    let (reached, mut is_reached) = watch::channel(false);
    type Channels = (watch::Sender<bool>, watch::Receiver<bool>);
    let wait = async |_: &Created<user::Model>, (reached, gone): &Channels| {
        reached.send_replace(true);
        drop(gone.clone().wait_for(|is_gone| *is_gone).await);
    };
    let wait = registry.subscribe_awaited_with((reached.clone(), gone), wait);
    let wait = wait.at_once();
    wait.register().unwrap().detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Created<user::Model>| notes.note(&event.record.email))
        .detach();
    let db = database.db(&registry);
    for is_dropped in [true, false] {
        go.send_replace(false);
        reached.send_replace(false);
        let tx = db.begin().await.unwrap();
        let point = tx.begin().await.unwrap();
        tokio::select! {
            _ = new_user("inside").insert(&point) => panic!("it waits"),
            is_reached = is_reached.wait_for(|is_reached| *is_reached) => drop(is_reached.unwrap()),
        }
        match is_dropped {
            true => drop(point),
            false => point.rollback().await.unwrap(),
        }
        let point = tx.begin().await.unwrap();
        go.send_replace(true);
        new_user("kept").insert(&point).await.unwrap();
        point.commit().await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(journal.take(), ["kept"], "{is_dropped}");
    }
}

/// A function of a savepoint that was rolled back with the one around it.
async fn after_commit_of_a_savepoint_that_has_ended(database: &Database) {
    let (registry, journal) = crate::journaled();
    let tx = database.db(&registry).begin().await.unwrap();
    let outer = tx.begin().await.unwrap();
    let inner = outer.begin().await.unwrap();
    outer.rollback().await.unwrap();
    let notes = journal.clone();
    inner.after_commit(move || notes.note("function"));
    inner
        .emit(crate::Saved("event".to_owned()))
        .await
        .unwrap_err();
    save(&inner, "row").await.unwrap_err();
    drop(inner);
    tx.commit().await.unwrap();
    assert_eq!(journal.take(), <[&str; 0]>::default());
}

/// A row is inserted after a delete has looked for it: it is not deleted without its events.
async fn a_row_is_inserted_after_the_look_of_a_delete(database: &Database) {
    if !database.aborts() {
        return; // there is one writer
    }
    create_tables(database).await;
    let registry = Registry::new();
    let journal = journaled(&registry);
    let refuse = |event: &mut Deleting<user::Model>| event.veto("it is kept");
    registry.on(refuse).detach();
    let db = database.db(&registry);
    let ada = new_user("a").insert(&db.quietly()).await.unwrap();
    ada.clone().delete(&db).await.unwrap_err(); // its statements are prepared
    ada.clone().delete(&db.quietly()).await.unwrap();
    let tx = db.begin().await.unwrap();
    database.gate.close_after(0);
    let (deleted, ()) = tokio::join!(ada.clone().delete(&tx), async {
        database.gate.held().await;
        let mut again = new_user("again");
        again.id = Set(ada.id);
        again.insert(&database.other).await.unwrap();
        database.gate.open();
    });
    assert_eq!(deleted.unwrap().rows_affected, 0);
    tx.commit().await.unwrap();
    assert_eq!(users(database).await, 1);
    assert_eq!(journal.take(), <[&str; 0]>::default());
}

/// A value whose comparison panics.
mod fragile {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "fragile")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub(super) id: i32,
        pub(super) text: Text,
    }

    #[derive(Clone, Debug, DeriveValueType)]
    pub(super) struct Text(pub(super) String);

    impl PartialEq for Text {
        fn eq(&self, other: &Self) -> bool {
            assert!(other.0 != "panics", "on purpose");
            self.0 == other.0
        }
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}
}

/// The panic is caught, and the transaction committed: not the write without its event.
async fn a_comparison_panics_after_the_write(database: &Database) {
    let other = &database.other;
    let schema = sea_orm::Schema::new(other.get_database_backend());
    let table = schema.create_table_from_entity(fragile::Entity);
    other.execute(&table).await.unwrap();
    let (registry, received) = (Registry::new(), Arc::new(Mutex::new(0)));
    let count = Arc::clone(&received);
    registry
        .on(move |_: &Updated<fragile::Model>| *count.lock().unwrap() += 1)
        .detach();
    let db = database.db(&registry);
    let text = |text: &str| Set(fragile::Text(text.to_owned()));
    let new = fragile::ActiveModel {
        text: text("a"),
        ..Default::default()
    };
    let row = new.insert(&db).await.unwrap();
    let tx = Arc::new(db.begin().await.unwrap());
    let change = fragile::ActiveModel {
        id: Set(row.id),
        text: text("panics"),
    };
    let of_task = Arc::clone(&tx);
    let update = tokio::spawn(async move { change.update(&*of_task).await.map(drop) });
    assert!(update.await.unwrap_err().is_panic());
    Arc::into_inner(tx).unwrap().commit().await.unwrap_err();
    let rows = fragile::Entity::find().all(other).await.unwrap();
    assert_eq!(rows[0].text.0, "a");
    assert_eq!(*received.lock().unwrap(), 0);
    database.check_clean("it has panicked").await;
}

on_both! {
    a_check_writes_the_same_record;
    joined_updates_have_a_chain_of_diffs;
    a_check_of_a_bulk_delete_deletes_another_row;
    a_savepoint_is_rolled_back_under_an_awaited_subscriber;
    after_commit_of_a_savepoint_that_has_ended;
    a_row_is_inserted_after_the_look_of_a_delete;
    a_comparison_panics_after_the_write;
}
