//! Updates that no subscriber checks: PostgreSQL returns the old row and the new one of one statement.

use std::sync::{Arc, Mutex};

use events_core::{
    Registry,
    record::{Updated, Updating},
};
use events_seaorm::{Db, transaction};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait, Schema,
    Set, Statement, TransactionTrait,
};

use super::{
    check_chain, emits,
    entities::{create_tables, journal_of, link, user},
    new_post, new_user,
};
use crate::{
    Journal,
    database::{Database, on_both},
};

/// Columns of a type of the database, and with names that the statement does not have room for.
mod parcel {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "parcel")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub(super) id: i32,
        pub(super) state: State,
        #[sea_orm(column_name = "old.id")]
        pub(super) old: i32,
    }

    #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "parcel_state")]
    pub(super) enum State {
        #[default]
        #[sea_orm(string_value = "sent")]
        Sent,
        #[sea_orm(string_value = "there")]
        There,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}
}

/// A column of a type of the database.
mod letter {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "letter")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub(super) id: i32,
        pub(super) state: super::parcel::State,
        pub(super) old_id: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}
}

fn email(id: i32, email: &str) -> user::ActiveModel {
    user::ActiveModel {
        id: Set(id),
        email: Set(email.to_owned()),
        ..Default::default()
    }
}

/// The statements that updates execute, each by its first word.
async fn statements_of_an_update(database: &Database) {
    create_tables(database).await;
    let is_postgres = database.aborts();
    for (moment, is_returning, sqlite, postgres) in [
        ("none", true, "UPDATE", "UPDATE"),
        ("updated", true, "SELECT UPDATE", "UPDATE"),
        ("updating", true, "SELECT UPDATE", "SELECT UPDATE"),
        ("updat.*", true, "SELECT UPDATE", "SELECT UPDATE"),
        ("none", false, "UPDATE", "UPDATE"),
        (
            "updated",
            false,
            "SELECT UPDATE SELECT",
            "SELECT UPDATE SELECT",
        ),
    ] {
        let registry = Registry::new();
        let journal = journal_of(&registry, &format!("events::db::.*::{moment}"));
        let mut pool = database.db(&registry).connection().clone();
        let statements = Arc::new(Mutex::new(Vec::new()));
        let executed = Arc::clone(&statements);
        pool.set_metric_callback(move |info| {
            let sql = &info.statement.sql;
            let word = sql.split(' ').next().unwrap_or_default();
            executed.lock().unwrap().push(word.to_owned());
        });
        let db = Db::new(pool).with_registry(&registry);
        let id = new_user("a").insert(&db).await.unwrap().id;
        for (number, is_in_tx) in [false, true].into_iter().enumerate() {
            statements.lock().unwrap().clear();
            let change = email(id, &number.to_string());
            let update = async |db: &dyn Fn() -> Db| -> Result<(), DbErr> {
                let db = db();
                let tx = match is_in_tx {
                    true => Some(db.begin().await?),
                    false => None,
                };
                match (&tx, is_returning) {
                    (Some(tx), true) => drop(change.update(tx).await?),
                    (Some(tx), false) => change.update_without_returning(tx).await.map(drop)?,
                    (None, true) => drop(change.update(&db).await?),
                    (None, false) => change.update_without_returning(&db).await.map(drop)?,
                }
                match tx {
                    Some(tx) => tx.commit().await,
                    None => Ok(()),
                }
            };
            update(&|| db.clone()).await.unwrap();
            let expected = if is_postgres { postgres } else { sqlite };
            let what = format!("{moment}, returning: {is_returning}, in tx: {is_in_tx}");
            assert_eq!(statements.lock().unwrap().join(" "), expected, "{what}");
            let events = journal.take().len();
            let expected = usize::from(moment != "none") + usize::from(moment == "updat.*");
            assert_eq!(events, expected, "{what}");
        }
    }
}

/// The diffs of all updates of one row follow one another, also those of updates that waited for another one.
async fn diffs_of_updates_that_wait(database: &Database) {
    create_tables(database).await;
    let (registry, changes) = (Registry::new(), Journal::default());
    let notes = changes.clone();
    let note = move |event: &Updated<user::Model>| {
        let email = event.diff.get("email").unwrap();
        let [old, new] = [email.old::<String>(), email.new::<String>()].map(Option::unwrap);
        assert_eq!(event.record.email, *new);
        notes.note(format!("{old} {new}"));
    };
    registry.on(note).detach();
    let db = database.many(&registry, 4).await;
    let id = new_user("start").insert(&db).await.unwrap().id;
    let mut tasks = Vec::new();
    for number in 0..60 {
        let db = db.clone();
        let change = email(id, &number.to_string());
        tasks.push(tokio::spawn(async move {
            match number % 3 {
                0 => change.update(&db).await.map(drop),
                1 => change.update_without_returning(&db).await.map(drop),
                _ => {
                    let update = async |tx: &_| change.update(tx).await.map(drop);
                    transaction(&db, update).await
                }
            }
        }));
    }
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    let changes = changes.take();
    assert_eq!(changes.len(), 60);
    let changes = changes.iter().map(|change| change.split_once(' ').unwrap());
    let last = check_chain(changes, "start", "updates that wait");
    let row = user::Entity::find_by_id(id)
        .one(&database.other)
        .await
        .unwrap();
    assert_eq!(row.unwrap().email, last);
}

/// The old row is the one that was locked, not the one that was there when the statement began.
async fn the_old_row_of_an_update_that_waited(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let journal = journal_of(&registry, "events::db::.*::updated");
    let db = database.db(&registry);
    let id = new_user("a").insert(&db).await.unwrap().id;
    if !database.aborts() {
        return; // SQLite has one writer
    }
    let first = database.other.begin().await.unwrap();
    user::Entity::update(email(id, "b"))
        .exec(&first)
        .await
        .unwrap();
    let waiting = email(id, "c").update(&db);
    let many = database.many(&registry, 1).await;
    let commit = async {
        loop {
            let waits = "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'UPDATE \"user\"%events_old%'";
            let waits = Statement::from_string(sea_orm::DbBackend::Postgres, waits);
            if many.query_one_raw(waits).await.unwrap().is_some() {
                break;
            }
        }
        first.commit().await.unwrap();
    };
    let (updated, ()) = tokio::join!(waiting, commit);
    assert_eq!(updated.unwrap().email, "c");
    assert_eq!(journal.take(), [r#"user.updated(email: "b" -> "c")"#]);
}

async fn columns_of_all_kinds(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let journal = journal_of(&registry, "events::db::.*::updated");
    let db = database.db(&registry);
    let connection = &database.other;
    let schema = Schema::new(connection.get_database_backend());
    if database.aborts() {
        let state = schema.create_enum_from_active_enum::<parcel::State>();
        connection.execute(&state.unwrap()).await.unwrap();
    }
    for table in [
        schema.create_table_from_entity(parcel::Entity),
        schema.create_table_from_entity(letter::Entity),
    ] {
        connection.execute(&table).await.unwrap();
    }

    let parcel = parcel::ActiveModel {
        state: Set(parcel::State::Sent),
        old: Set(7),
        ..Default::default()
    };
    let mut parcel = parcel.insert(&db).await.unwrap().into_active_model();
    parcel.state = Set(parcel::State::There);
    let state = "(state: Sent -> There)";
    let parcel = emits!(
        journal,
        parcel.update(&db),
        format!("parcel.updated{state}")
    )
    .unwrap();
    assert_eq!(parcel.old, 7);

    let letter = letter::ActiveModel {
        state: Set(parcel::State::Sent),
        old_id: Set(7),
        ..Default::default()
    };
    let mut letter = letter.insert(&db).await.unwrap().into_active_model();
    letter.state = Set(parcel::State::There);
    let letter = emits!(
        journal,
        letter.update(&db),
        format!("letter.updated{state}")
    )
    .unwrap();
    assert_eq!(letter.old_id, 7);
    let mut same = letter.clone().into_active_model();
    same.state = Set(parcel::State::There);
    emits!(journal, same.update(&db), "").unwrap();

    // A key of two columns, and no such row.
    let link = |tag: &str, weight| link::ActiveModel {
        tag: Set(tag.to_owned()),
        weight: Set(weight),
        ..Default::default()
    };
    let post_id = Set(new_post(&db).await);
    for tag in ["a", "b"] {
        let mut link = link(tag, 1);
        link.post_id = post_id.clone();
        link.insert(&db).await.unwrap();
    }
    for (tag, expected) in [("a", "link.updated(weight: 1 -> 2)"), ("c", "")] {
        let mut link = link(tag, 2);
        link.post_id = post_id.clone();
        let result = emits!(journal, link.update(&db), expected);
        assert_eq!(result.is_ok(), !expected.is_empty());
    }
}

/// An old row that the model cannot have: a transaction does not commit the update, of which there is no event.
async fn an_old_row_that_cannot_be_read(database: &Database) {
    create_tables(database).await;
    if !database.aborts() {
        return; // the row is read before
    }
    let registry = Registry::new();
    let journal = journal_of(&registry, "events::db::.*::updated");
    let db = database.db(&registry);
    let ada = new_user("a").insert(&db).await.unwrap();
    let null = "ALTER TABLE \"user\" ALTER email DROP NOT NULL; UPDATE \"user\" SET email = NULL";
    database.other.execute_unprepared(null).await.unwrap();
    let tx = db.begin().await.unwrap();
    let error = email(ada.id, "b").update(&tx).await.unwrap_err();
    assert!(error.to_string().contains("email"), "{error}");
    let error = tx.commit().await.unwrap_err();
    assert!(error.to_string().contains("could not be read"), "{error}");
    assert_eq!(journal.take(), [""; 0]);
    database.check_clean("it is rolled back").await;
    user::Entity::find_by_id(ada.id)
        .one(&database.other)
        .await
        .unwrap_err();
    // With a check the row is read before.
    registry.on(|_: &Updating<user::Model>| ()).detach();
    email(ada.id, "b").update(&db).await.unwrap_err();
    database.check_clean("it is rolled back").await;
    ada.delete(&db.quietly()).await.unwrap();
}

on_both! {
    statements_of_an_update;
    diffs_of_updates_that_wait;
    the_old_row_of_an_update_that_waited;
    columns_of_all_kinds;
    an_old_row_that_cannot_be_read;
}
