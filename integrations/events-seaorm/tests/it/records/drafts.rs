//! Columns that are not set: what is shown of them, and what is written.

use events_core::{
    Registry,
    record::{Creating, Deleting, UnknownColumn, Updating},
    subscriber, subscribers,
};
use events_seaorm::{Tx, bulk, failed_check, transaction, veto_reason};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait, Set,
    sea_query::Expr,
};

use super::{
    entities::{create_tables, link, observed, post, ticket},
    new_post,
};
use crate::{
    Journal,
    database::{Database, on_both},
};

/// The database has other defaults than the model declares.
pub(crate) mod task {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Observed)]
    #[sea_orm(table_name = "task")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        pub(crate) title: String,
        #[sea_orm(default_value = "app")]
        pub(crate) state: State,
        #[sea_orm(default_value = true)]
        pub(crate) active: bool,
        #[sea_orm(default_value = 5)]
        pub(crate) weight: i64,
        #[sea_orm(default_value = 5)]
        pub(crate) level: i16,
        #[sea_orm(default_value = 1.5)]
        pub(crate) ratio: f32,
        #[sea_orm(default_value = 2)]
        pub(crate) score: f64,
        pub(crate) note: Option<String>,
        #[sea_orm(ignore)]
        pub(crate) cache: i32,
        #[sea_orm(column_name = "e_mail", default_value = "app")]
        #[observed(skip)]
        pub(crate) email: String,
        #[sea_orm(enum_name = "Pass")]
        #[observed(secret)]
        pub(crate) password: String,
    }

    /// Has no `Default`.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(10))")]
    pub(crate) enum State {
        #[sea_orm(string_value = "app")]
        App,
        #[sea_orm(string_value = "db")]
        Db,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// All columns but the title, which is always set.
const UNSET: [&str; 10] = [
    "id", "state", "active", "weight", "level", "ratio", "score", "note", "email", "password",
];

async fn create_tasks(database: &Database) {
    let id = match database.aborts() {
        true => "SERIAL",
        false => "INTEGER",
    };
    let table = format!(
        "CREATE TABLE task (id {id} PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL DEFAULT 'db', \
         active BOOLEAN NOT NULL DEFAULT FALSE, weight BIGINT NOT NULL DEFAULT 9, level SMALLINT NOT NULL DEFAULT 9, \
         ratio REAL NOT NULL DEFAULT 9.5, score DOUBLE PRECISION NOT NULL DEFAULT 9.5, note TEXT DEFAULT 'db', \
         e_mail TEXT NOT NULL DEFAULT 'db', pass TEXT NOT NULL DEFAULT 'db')"
    );
    database.other.execute_unprepared(&table).await.unwrap();
}

fn new_task(title: &str) -> task::ActiveModel {
    task::ActiveModel {
        title: Set(title.to_owned()),
        ..Default::default()
    }
}

/// The values of the columns, without the key.
fn row(task: &task::Model) -> [String; 9] {
    [
        format!("{:?}", task.state),
        task.active.to_string(),
        task.weight.to_string(),
        task.level.to_string(),
        task.ratio.to_string(),
        task.score.to_string(),
        task.note.clone().unwrap_or_default(),
        task.email.clone(),
        task.password.clone(),
    ]
}

const PLACEHOLDERS: [&str; 9] = ["App", "true", "5", "5", "1.5", "2", "", "app", ""];
const OF_DATABASE: [&str; 9] = ["Db", "false", "9", "9", "9.5", "9.5", "db", "db", "db"];

async fn the_declared_default_is_shown_and_that_of_the_database_is_written(database: &Database) {
    create_tasks(database).await;
    let registry = Registry::new();
    registry
        .on(|event: &Creating<task::Model>| {
            assert_eq!(event.unset(), UNSET);
            assert_eq!(row(&event.record), PLACEHOLDERS);
        })
        .detach();
    let db = database.db(&registry);
    let task = new_task("a").insert(&db).await.unwrap();
    assert_eq!(row(&task), OF_DATABASE);
}

/// Each column by itself, of which the value is not changed.
async fn exactly_the_placeholder_is_written(database: &Database) {
    create_tasks(database).await;
    for (index, name) in UNSET[1..].iter().copied().enumerate() {
        let registry = Registry::new();
        registry
            .on(move |event: &mut Creating<task::Model>| event.write(name))
            .detach();
        registry
            .on(move |event: &Creating<task::Model>| {
                let unset: Vec<_> = UNSET.into_iter().filter(|other| *other != name).collect();
                if event.record.title == "a" {
                    assert_eq!(event.unset(), unset, "{name}");
                }
            })
            .detach();
        let db = database.db(&registry);
        let mut expected = OF_DATABASE;
        expected[index] = PLACEHOLDERS[index];
        let task = new_task("a").insert(&db).await.unwrap();
        assert_eq!(row(&task), expected, "{name}");
        // What is set is written in any case.
        let set = task::ActiveModel {
            note: Set(Some("set".to_owned())),
            ..new_task("b")
        };
        expected[6] = "set";
        let task = set.insert(&db).await.unwrap();
        assert_eq!(row(&task), expected, "{name}");
    }
}

async fn a_key_that_is_the_placeholder_is_written(database: &Database) {
    create_tasks(database).await;
    let registry = Registry::new();
    registry
        .on(|event: &mut Creating<task::Model>| event.write("id"))
        .detach();
    let db = database.db(&registry);
    assert_eq!(new_task("a").insert(&db).await.unwrap().id, 0);
}

async fn the_last_value_counts(database: &Database) {
    create_tasks(database).await;
    let (registry, journal) = (Registry::new(), Journal::default());
    registry
        .on(|event: &mut Creating<task::Model>| {
            event.record.active = false;
            event.record.weight = 7;
            event.write("level")
        })
        .detach();
    registry
        .on(|event: &mut Creating<task::Model>| {
            event.record.weight = 5; // the placeholder
            event.record.level = 8;
        })
        .detach();
    let notes = journal.clone();
    registry
        .on(move |event: &Creating<task::Model>| notes.note(event.unset().join(" ")))
        .detach();
    let db = database.db(&registry);
    let task = new_task("a").insert(&db).await.unwrap();
    assert_eq!((task.active, task.weight, task.level), (false, 9, 8));
    let unset = "id state weight ratio score note email password";
    assert_eq!(journal.take(), [unset]);
}

async fn each_record_of_a_bulk_has_its_own_columns(database: &Database) {
    create_tasks(database).await;
    let registry = Registry::new();
    registry
        .on(
            |event: &mut Creating<task::Model>| match event.record.title.as_str() {
                "b" => event.write("state"),
                "c" => event.write("email"),
                _ => Ok(()),
            },
        )
        .detach();
    let db = database.db(&registry);
    let tasks = ["a", "b", "c", "b"].map(new_task);
    let tasks = bulk::insert_many(&db, tasks).await.unwrap();
    let mut of_b = OF_DATABASE;
    of_b[0] = "App";
    let mut of_c = OF_DATABASE;
    of_c[7] = "app";
    let rows: Vec<_> = tasks.iter().map(row).collect();
    assert_eq!(rows, [OF_DATABASE, of_b, of_c, of_b]);
}

/// A connection of SeaORM itself, in the current registry.
async fn a_bare_connection_writes_the_same(database: &Database) {
    create_tasks(database).await;
    let registry = Registry::new();
    registry
        .on(|event: &mut Creating<task::Model>| {
            assert_eq!(event.unset(), UNSET);
            event.write("state")
        })
        .detach();
    let scope = registry.enter();
    let task = new_task("a").insert(&database.other).await.unwrap();
    drop(scope);
    let mut expected = OF_DATABASE;
    expected[0] = "App";
    assert_eq!(row(&task), expected);
}

/// Queries in the transaction, and writes a placeholder.
#[subscriber]
async fn write_first(
    event: &mut Creating<task::Model>,
    tx: &Tx,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    if task::Entity::find().count(tx).await? == 0 {
        event.write("state")?;
    }
    Ok(())
}

async fn an_awaited_subscriber_writes_a_placeholder(database: &Database) {
    create_tasks(database).await;
    let db = database.db(&Registry::with(subscribers![write_first]));
    let (first, second) = transaction(&db, async |tx| -> Result<_, DbErr> {
        Ok((
            new_task("a").insert(tx).await?,
            new_task("b").insert(tx).await?,
        ))
    })
    .await
    .unwrap();
    assert_eq!(
        [first.state, second.state],
        [task::State::App, task::State::Db]
    );
}

#[subscriber]
fn write_by_the_name_of_the_column(event: &mut Creating<task::Model>) -> Result<(), UnknownColumn> {
    let error = event.write("e_mail").unwrap_err().to_string();
    assert!(
        error.ends_with("::task::Model` has no column `e_mail`; did you mean `email`?"),
        "{error}"
    );
    event.write("passwort")
}

async fn a_column_that_does_not_exist_refuses_the_write(database: &Database) {
    create_tasks(database).await;
    let registry = Registry::with(subscribers![write_by_the_name_of_the_column]);
    let db = database.db(&registry);
    let error = new_task("a").insert(&db).await.unwrap_err();
    let failed = failed_check(&error).expect("it is refused").to_string();
    assert!(
        failed.ends_with("::write_by_the_name_of_the_column` returned an error"),
        "{failed}"
    );
    assert_eq!(
        task::Entity::find().count(&database.other).await.unwrap(),
        0
    );
}

async fn what_own_hooks_set_is_set(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = (Registry::new(), Journal::default());
    let notes = journal.clone();
    registry
        .on(move |event: &Creating<post::Model>| notes.note(event.unset().join(" ")))
        .detach();
    let titled = post::ActiveModel {
        title: Set("T".to_owned()),
        ..Default::default()
    };
    titled.insert(&database.db(&registry)).await.unwrap();
    assert_eq!(journal.take(), ["id"]);
}

/// By each call that updates, and of a key of two columns.
async fn a_key_that_a_subscriber_changes_is_an_error(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    registry
        .on(|event: &mut Updating<link::Model>| event.record.tag.push('x'))
        .detach();
    let db = database.db(&registry);
    let quiet = db.quietly();
    let link = link::ActiveModel {
        post_id: Set(new_post(&db).await),
        tag: Set("a".to_owned()),
        weight: Set(1),
    };
    let mut change = link.insert(&quiet).await.unwrap().into_active_model();
    change.weight = Set(2);
    let update_many = bulk::update_many::<link::Entity>()
        .col_expr(link::Column::Weight, Expr::value(2))
        .exec(&db)
        .await;
    let results = [
        change.clone().update(&db).await.map(drop),
        change.clone().save(&db).await.map(drop),
        change.clone().update_without_returning(&db).await.map(drop),
        update_many.map(drop),
        {
            let _scope = registry.enter();
            change.update(&database.other).await.map(drop)
        },
    ];
    for result in results {
        let error = result.unwrap_err();
        assert_eq!(
            error.to_string(),
            "Custom Error: a subscriber of `Updating` has changed `tag`, which is part of the key; delete the record and \
             create another one"
        );
        assert_eq!(veto_reason(&error), None);
    }
    assert_eq!(journal.take().len(), 5, "no `Updated`");
    let links = link::Entity::find().all(&database.other).await.unwrap();
    assert_eq!((links[0].tag.as_str(), links[0].weight), ("a", 1));
    database.check_clean("an error").await;
}

async fn a_column_with_neither_default_is_an_error(database: &Database) {
    create_tables(database).await;
    let (registry, journal) = observed();
    let db = database.db(&registry);
    let new = <ticket::ActiveModel as Default>::default;
    let results = [
        new().insert(&db).await.map(drop),
        new().save(&db).await.map(drop),
        bulk::insert_many(&db, [new()]).await.map(drop),
        {
            let _scope = registry.enter();
            new().insert(&database.other).await.map(drop)
        },
    ];
    for result in results {
        assert_eq!(
            result.unwrap_err().to_string(),
            "Custom Error: the column `state` is not set, and subscribers of `Creating` cannot be shown a record without it; \
             set it, declare its `default_value`, or implement `Default` for its type"
        );
    }
    assert!(journal.take().is_empty());
    database.check_clean("an error").await;
}

/// Without subscribers that check anything, the columns are as the caller has set them.
async fn without_a_check_nothing_is_shown(database: &Database) {
    create_tasks(database).await;
    let registry = Registry::new();
    registry.on(|_: &Deleting<task::Model>| ()).detach();
    let db = database.db(&registry);
    assert_eq!(row(&new_task("a").insert(&db).await.unwrap()), OF_DATABASE);
}

on_both! {
    the_declared_default_is_shown_and_that_of_the_database_is_written;
    exactly_the_placeholder_is_written;
    a_key_that_is_the_placeholder_is_written;
    the_last_value_counts;
    each_record_of_a_bulk_has_its_own_columns;
    a_bare_connection_writes_the_same;
    an_awaited_subscriber_writes_a_placeholder;
    a_column_that_does_not_exist_refuses_the_write;
    what_own_hooks_set_is_set;
    a_key_that_a_subscriber_changes_is_an_error;
    a_column_with_neither_default_is_an_error;
    without_a_check_nothing_is_shown;
}
