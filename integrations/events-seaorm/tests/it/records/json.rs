//! The events of observed records as JSON.

use events_core::{
    AnyEvent, EventCopy, Registry,
    record::{Model, models},
};
use events_seaorm::{bulk, register_models, transaction};
use sea_orm::{
    ActiveModelTrait, Condition, ConnectionTrait, IntoActiveModel, ModelTrait, Set, sea_query::Expr,
};

use super::entities::create_tables;
use crate::{
    Journal,
    database::{Database, on_both},
};

/// A model that is `Serialize`, with each kind of field.
pub(crate) mod account {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Observed)]
    #[sea_orm(table_name = "account")]
    #[serde(rename_all = "camelCase")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        pub(crate) email_address: String,
        #[observed(secret)]
        pub(crate) password_hash: String,
        #[observed(secret)]
        #[serde(rename = "recovery", skip_serializing_if = "Option::is_none")]
        pub(crate) recovery_code: Option<String>,
        #[observed(skip)]
        pub(crate) seen_at: i32,
        #[serde(skip_serializing)]
        pub(crate) pin: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        pub(crate) note: Option<String>,
        pub(crate) state: State,
        #[sea_orm(ignore)]
        #[observed(secret)]
        pub(crate) session: String,
    }

    #[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Serialize)]
    #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(10))")]
    #[serde(rename_all = "lowercase")]
    pub(crate) enum State {
        #[sea_orm(string_value = "o")]
        Open,
        #[sea_orm(string_value = "s")]
        Shut,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}
}

/// The dense format.
pub(crate) mod label {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;
    use serde::Serialize;

    #[sea_orm::model]
    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Observed)]
    #[sea_orm(table_name = "label")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
        #[observed(secret)]
        pub(crate) text: String,
    }

    impl events_seaorm::Behavior for ActiveModel {}
}

/// Entities of one table, each for one test: a model is registered by the first of its events.
macro_rules! labels {
    ($($entity:ident)*) => {
        $(
            mod $entity {
                use events_seaorm::Observed;
                use sea_orm::entity::prelude::*;
                use serde::Serialize;

                #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Serialize, Observed)]
                #[sea_orm(table_name = "label")]
                pub(crate) struct Model {
                    #[sea_orm(primary_key)]
                    pub(crate) id: i32,
                    #[observed(secret)]
                    pub(crate) text: String,
                }

                #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
                pub(crate) enum Relation {}
            }
        )*
    };
}
labels! { inserted updated deleted bare_inserted bare_updated bare_deleted listed }

/// Is not observed.
mod plain {
    use sea_orm::entity::prelude::*;

    #[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
    #[sea_orm(table_name = "label")]
    pub(crate) struct Model {
        #[sea_orm(primary_key)]
        pub(crate) id: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(crate) enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}
}

async fn create_json_tables(database: &Database) {
    let id = match database.aborts() {
        true => "SERIAL",
        false => "INTEGER",
    };
    let tables = [
        format!(
            "CREATE TABLE account (id {id} PRIMARY KEY, email_address TEXT NOT NULL, password_hash TEXT NOT NULL, \
             recovery_code TEXT, seen_at INTEGER NOT NULL, pin TEXT NOT NULL, note TEXT, state TEXT NOT NULL)"
        ),
        format!("CREATE TABLE label (id {id} PRIMARY KEY, text TEXT NOT NULL)"),
    ];
    for table in tables {
        database.other.execute_unprepared(&table).await.unwrap();
    }
}

/// The JSON of all events of records, in an async and in a deferred subscriber.
fn json_journals(registry: &Registry) -> [Journal; 2] {
    let journals = [Journal::default(), Journal::default()];
    let note = |event: &EventCopy, journal: &Journal| {
        let moment = event.topic().rsplit("::").next().unwrap();
        let json = event
            .to_json()
            .map_or("none".to_owned(), |json| json.to_string());
        journal.note(format!("{moment} {json}"));
    };
    let [notes, deferred] = journals.clone();
    registry
        .on_topic_async("events::db::.*", move |event: &EventCopy| {
            note(event, &notes);
            async {}
        })
        .unwrap()
        .detach();
    registry
        .on_topic_deferred("events::db::.*", move |event: &EventCopy| {
            note(event, &deferred);
        })
        .unwrap()
        .detach();
    journals
}

/// What both subscribers have received, which is the same.
fn take(registry: &Registry, journals: &[Journal; 2]) -> Vec<String> {
    registry.queue().flush();
    let [mut notes, mut deferred] = journals.each_ref().map(Journal::take);
    notes.sort();
    deferred.sort();
    assert_eq!(notes, deferred);
    notes
}

async fn the_six_events_have_json_without_secrets(database: &Database) {
    create_json_tables(database).await;
    let registry = Registry::new();
    let journals = json_journals(&registry);
    let db = database.db(&registry);
    let account = account::ActiveModel {
        email_address: Set("a@x".to_owned()),
        password_hash: Set("hunter1".to_owned()),
        recovery_code: Set(None),
        seen_at: Set(1),
        pin: Set("hunter2".to_owned()),
        note: Set(None),
        state: Set(account::State::Open),
        ..Default::default()
    };
    let rest = r#""passwordHash":"[redacted]""#;
    let account = transaction(&db, async |tx| account.insert(tx).await)
        .await
        .unwrap();
    let [created, creating] = [1, 0].map(|id| {
        format!(
            r#"{{"record":{{"emailAddress":"a@x","id":{id},{rest},"session":"[redacted]","state":"open"}}}}"#
        )
    });
    assert_eq!(
        take(&registry, &journals),
        [format!("created {created}"), format!("creating {creating}")]
    );

    let mut account = account.into_active_model();
    account.email_address = Set("b@x".to_owned());
    account.password_hash = Set("hunter3".to_owned());
    account.recovery_code = Set(Some("hunter4".to_owned()));
    account.seen_at = Set(2);
    account.pin = Set("hunter5".to_owned());
    account.note = Set(Some("n".to_owned()));
    account.state = Set(account::State::Shut);
    let account = account.update(&db).await.unwrap();
    let diff = concat!(
        r#"{"emailAddress":{"new":"b@x","old":"a@x"},"note":{"new":"n","old":null},"passwordHash":"[redacted]","#,
        r#""pin":"[redacted]","recovery":"[redacted]","state":{"new":"shut","old":"open"}}"#
    );
    let record = format!(
        r#"{{"emailAddress":"b@x","id":1,"note":"n",{rest},"recovery":"[redacted]","session":"[redacted]","state":"shut"}}"#
    );
    let json = format!(r#"{{"diff":{diff},"record":{record}}}"#);
    assert_eq!(
        take(&registry, &journals),
        [format!("updated {json}"), format!("updating {json}")]
    );

    // What is no longer there is a change.
    let mut change = account.clone().into_active_model();
    change.note = Set(None);
    let account = change.update(&db).await.unwrap();
    let notes = take(&registry, &journals);
    assert!(
        notes[0].starts_with(r#"updated {"diff":{"note":{"new":null,"old":"n"}},"#),
        "{notes:?}"
    );

    account.delete(&db).await.unwrap();
    let record = record.replace(r#""note":"n","#, "");
    let json = format!(r#"{{"record":{record}}}"#);
    assert_eq!(
        take(&registry, &journals),
        [format!("deleted {json}"), format!("deleting {json}")]
    );
}

async fn a_model_in_the_dense_format_has_json(database: &Database) {
    create_json_tables(database).await;
    let registry = Registry::new();
    let journals = json_journals(&registry);
    let db = database.db(&registry);
    let label = label::ActiveModel {
        text: Set("hunter2".to_owned()),
        ..Default::default()
    };
    label.insert(&db).await.unwrap();
    assert_eq!(
        take(&registry, &journals),
        [
            r#"created {"record":{"id":1,"text":"[redacted]"}}"#,
            r#"creating {"record":{"id":0,"text":"[redacted]"}}"#
        ]
    );
}

async fn a_model_that_is_not_serialize_has_none(database: &Database) {
    create_tables(database).await;
    let registry = Registry::new();
    let journals = json_journals(&registry);
    let db = database.db(&registry);
    super::new_user("a").insert(&db).await.unwrap();
    assert_eq!(
        take(&registry, &journals),
        ["created none", "creating none"]
    );
}

/// Checks that both subscribers have received this many events, each with JSON, and without the secret.
fn check_registered(registry: &Registry, journals: &[Journal; 2], count: usize) {
    let notes = take(registry, journals);
    assert_eq!(notes.len(), count, "{notes:?}");
    for note in notes {
        assert!(
            note.contains(r#""text":"[redacted]""#) && !note.contains("hunter"),
            "{note}"
        );
    }
}

async fn a_bulk_write_registers_the_model(database: &Database) {
    create_json_tables(database).await;
    let registry = Registry::new();
    let journals = json_journals(&registry);
    let db = database.db(&registry);
    let labels = ["hunter1", "hunter2"].map(|text| inserted::ActiveModel {
        text: Set(text.to_owned()),
        ..Default::default()
    });
    bulk::insert_many(&db, labels).await.unwrap();
    check_registered(&registry, &journals, 4);
    bulk::update_many::<updated::Entity>()
        .col_expr(updated::Column::Text, Expr::value("hunter3"))
        .exec(&db)
        .await
        .unwrap();
    check_registered(&registry, &journals, 4);
    bulk::delete_many::<deleted::Entity>(&db, Condition::all())
        .await
        .unwrap();
    check_registered(&registry, &journals, 4);
}

/// A connection of SeaORM itself, in the current registry: only the events before the write are emitted.
async fn a_write_through_a_bare_connection_registers_the_model(database: &Database) {
    create_json_tables(database).await;
    let registry = Registry::new();
    let journals = json_journals(&registry);
    let _scope = registry.enter();
    let label = bare_inserted::ActiveModel {
        text: Set("hunter1".to_owned()),
        ..Default::default()
    };
    let id = label.insert(&database.other).await.unwrap().id;
    check_registered(&registry, &journals, 1);
    let label = bare_updated::ActiveModel {
        id: Set(id),
        text: Set("hunter2".to_owned()),
    };
    label.update(&database.other).await.unwrap();
    check_registered(&registry, &journals, 1);
    let label = bare_deleted::ActiveModel {
        id: Set(id),
        ..Default::default()
    };
    label.delete(&database.other).await.unwrap();
    check_registered(&registry, &journals, 1);
}

#[test]
fn models_that_are_listed_are_registered() {
    let json = |event| {
        let (registry, journal) = (Registry::new(), Journal::default());
        let notes = journal.clone();
        let note = move |event: &dyn AnyEvent| notes.note(format!("{:?}", event.to_json()));
        registry.on_topic(".*", note).unwrap().detach();
        registry.emit(event);
        journal.take()
    };
    let record = || listed::Model {
        id: 1,
        text: "hunter2".to_owned(),
    };
    let created = events_core::record::Created::new;
    assert_eq!(json(created(record())), ["None"]);
    register_models!(listed::Entity, plain::Entity);
    let notes = json(created(record())).join("");
    assert!(
        notes.contains("[redacted]") && !notes.contains("hunter"),
        "{notes}"
    );
    let is_plain = |model: &&'static Model| model.name().ends_with("::json::plain::Model");
    assert!(models().iter().any(is_plain), "it has copies, and no JSON");
}

on_both! {
    the_six_events_have_json_without_secrets;
    a_model_in_the_dense_format_has_json;
    a_model_that_is_not_serialize_has_none;
    a_bulk_write_registers_the_model;
    a_write_through_a_bare_connection_registers_the_model;
}
