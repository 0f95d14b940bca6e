//! The events of the records of a model, from the writes of SeaORM: stored in the transaction of the write.

use events_core::{
    AnyEvent, Registry, State,
    failures::BoxError,
    record::{Created, Creating, Deleted, Updated},
    scanning::Subscribers,
    subscriber, subscribers,
};
use events_durable::{Delivery, upcast};
use events_seaorm::{bulk, transaction};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, ModelTrait,
    PaginatorTrait, Schema, Set,
};
use serde_json::{Value, json};

use super::transactions::{OrmEngine, db};
use crate::{
    database::{Database, event, on_both},
    log::Log,
    shop::{AT_ONCE, Faults, Journal, Shop, note, stop},
};

on_both! {
    each_write_is_delivered;
    each_record_of_a_bulk_write_is_delivered;
    what_is_rolled_back_is_not_stored;
    the_deliveries_of_a_record_come_in_order;
    a_write_that_cannot_be_stored_is_refused;
    the_key_is_the_primary_key_or_a_field;
    secrets_are_stored_as_decided_and_shown_nowhere;
    an_earlier_version_is_upcast;
    events_before_a_write_are_not_durable;
    a_pattern_matches_the_topic_of_the_emit;
}

mod customer {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize, Observed)]
    #[sea_orm(table_name = "customer")]
    #[serde(rename_all = "camelCase")]
    #[observed(durable = "shop.customer")]
    pub(super) struct Model {
        #[sea_orm(primary_key)]
        pub(super) id: i32,
        pub(super) email: String,
        pub(super) name: Option<String>,
        #[observed(secret(stored))]
        pub(super) card_number: String,
        #[observed(secret(skip))]
        #[serde(default)]
        pub(super) card_code: String,
        #[observed(skip)]
        pub(super) last_visit: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}
}

mod line {
    use events_seaorm::Observed;
    use sea_orm::entity::prelude::*;
    use serde::{Deserialize, Serialize};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize, Deserialize, Observed)]
    #[sea_orm(table_name = "line")]
    #[observed(durable = "shop.line", version = 2, key = order)]
    pub(super) struct Model {
        #[sea_orm(primary_key, auto_increment = false)]
        pub(super) order: i32,
        #[sea_orm(primary_key, auto_increment = false)]
        pub(super) number: i32,
        pub(super) cents: i32,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub(super) enum Relation {}
}

#[upcast(Updated<line::Model>, from = 1)]
fn euros_to_cents(mut payload: Value) -> Result<Value, BoxError> {
    for record in ["old", "record"] {
        let euros = payload[record]["euros"].as_i64().ok_or("no number")?;
        payload[record]["cents"] = (euros * 100).into();
    }
    Ok(payload)
}

#[subscriber(durable = "crm.created", per_key, retry = AT_ONCE)]
async fn created(
    event: &Created<customer::Model>,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
) -> Result<(), String> {
    note(&journal, format!("created {:?}", event.record));
    faults.meet()
}

#[subscriber(durable = "crm.updated", per_key)]
async fn updated(event: &Updated<customer::Model>, journal: State<'_, Journal>) {
    let email = event
        .diff
        .get("email")
        .and_then(|change| change.old::<String>());
    let text = format!(
        "updated {}: {} (was {email:?})",
        event.record.id, event.diff
    );
    note(&journal, text);
}

#[subscriber(durable = "crm.deleted", per_key)]
async fn deleted(event: &Deleted<customer::Model>, journal: State<'_, Journal>) {
    note(&journal, format!("deleted {}", event.record.email));
}

/// Of any change, in the order of each record.
#[subscriber(
    durable = "crm.any",
    topic = r"events::db::.*::customer::Model::.*",
    per_key
)]
fn any(event: &dyn AnyEvent, journal: State<'_, Journal>, delivery: Delivery<'_>) {
    let moment = event.topic().rsplit("::").next().unwrap();
    note(&journal, format!("{moment} {}", delivery.key().unwrap()));
}

#[subscriber(durable = "crm.stored_topic", topic = r"shop\.customer\..*")]
fn stored_topic(_: &dyn AnyEvent) {}

#[subscriber(durable = "crm.line")]
async fn line_updated(event: &Updated<line::Model>, journal: State<'_, Journal>) {
    note(&journal, format!("line: {}", event.diff));
}

#[subscriber(durable = "crm.creating")]
async fn creating(_: &Creating<customer::Model>) {}

/// A program with the tables of the models.
async fn open<DB: OrmEngine>(database: &Database<DB>, subscribers: Subscribers) -> Shop<DB> {
    let shop = unregistered(database, subscribers).await;
    shop.store.register(&shop.registry).await.unwrap();
    shop
}

async fn unregistered<DB: OrmEngine>(
    database: &Database<DB>,
    subscribers: Subscribers,
) -> Shop<DB> {
    let shop = Shop::unregistered(database, subscribers).await;
    let db = db(&shop);
    let schema = Schema::new(db.get_database_backend());
    for table in [
        schema.create_table_from_entity(customer::Entity),
        schema.create_table_from_entity(line::Entity),
    ] {
        db.execute(&table).await.unwrap();
    }
    shop
}

fn ada() -> customer::ActiveModel {
    customer::ActiveModel {
        email: Set("ada@x".into()),
        name: Set(None),
        card_number: Set("4111".into()),
        card_code: Set("123".into()),
        last_visit: Set(7),
        ..Default::default()
    }
}

/// Inserts, updates and deletes a record.
async fn write(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let mut ada = ada().insert(db).await?.into_active_model();
    ada.email = Set("ada@y".into());
    ada.name = Set(Some("Ada".into()));
    ada.card_number = Set("4222".into());
    ada.card_code = Set("456".into());
    let ada = ada.update(db).await?;
    ada.delete(db).await.map(drop)
}

const WRITTEN: [&str; 3] = [
    r#"created Model { id: 1, email: "ada@x", name: None, card_number: "4111", card_code: "", last_visit: 7 }"#,
    r#"deleted ada@y"#,
    r#"updated 1: email: "ada@x" -> "ada@y", name: None -> Some("Ada"), card_number: [redacted] (was Some("ada@x"))"#,
];

/// Without a transaction of the caller, and in one.
async fn each_write_is_delivered<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = open(database, subscribers![created, updated, deleted]).await;
    let db = db(&shop);
    let workers = shop.work();
    write(&db).await.unwrap();
    let mut heard = shop.next_n(3).await;
    heard.sort();
    assert_eq!(heard, WRITTEN);
    transaction(&db, async |tx| write(tx).await).await.unwrap();
    let mut heard = shop.next_n(3).await;
    heard.sort();
    let second = WRITTEN.map(|text| text.replace("id: 1", "id: 2").replace("ed 1", "ed 2"));
    assert_eq!(heard, second);
    shop.drained().await;
    stop(workers).await;
}

async fn each_record_of_a_bulk_write_is_delivered<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = open(database, subscribers![any]).await;
    let db = db(&shop);
    bulk::insert_many(&db, [ada(), ada()]).await.unwrap();
    bulk::delete_many::<customer::Entity>(&db, sea_orm::Condition::all())
        .await
        .unwrap();
    let workers = shop.work();
    let mut heard = shop.next_n(4).await;
    heard.sort();
    let expected = [
        "created shop.customer/1",
        "created shop.customer/2",
        "deleted shop.customer/1",
        "deleted shop.customer/2",
    ];
    assert_eq!(heard, expected);
    shop.drained().await;
    stop(workers).await;
}

async fn what_is_rolled_back_is_not_stored<DB: OrmEngine>(database: &Database<DB>) {
    let shop = open(database, subscribers![created]).await;
    let failing = async |tx: &events_seaorm::Tx| -> Result<(), DbErr> {
        write(tx).await?;
        Err(DbErr::Custom("an error that a test wants".into()))
    };
    transaction(&db(&shop), failing).await.unwrap_err();
    let stored = "SELECT count(*) FROM ev_event";
    assert_eq!(database.numbers(stored).await, [0]);
}

async fn the_deliveries_of_a_record_come_in_order<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = open(database, subscribers![any]).await;
    let db = db(&shop);
    for _ in 0..5 {
        write(&db).await.unwrap();
    }
    let workers = shop.store.worker().concurrency(3).spawn_tokio();
    let heard = shop.next_n(15).await;
    shop.drained().await;
    stop(workers).await;
    for id in 1..=5 {
        let end = format!(" shop.customer/{id}");
        let moments = heard.iter().filter_map(|text| text.strip_suffix(&end));
        assert!(moments.eq(["created", "updated", "deleted"]), "{heard:?}");
    }
}

async fn a_write_that_cannot_be_stored_is_refused<DB: OrmEngine>(database: &Database<DB>) {
    let shop = unregistered(database, subscribers![created]).await;
    let db = db(&shop);
    let scanned = Registry::new();
    scanned.scanner().module("it::orm::records::customer").run();
    let in_scanned = db.clone().with_registry(&scanned);
    let error = ada().insert(&in_scanned).await.unwrap_err().to_string();
    assert!(
        error.contains("call `store.register(&registry).await?`"),
        "{error}"
    );
    let begun = transaction(&in_scanned, async |tx| ada().insert(tx).await).await;
    begun.unwrap_err();
    assert_eq!(customer::Entity::find().count(&db).await.unwrap(), 0);
}

async fn the_key_is_the_primary_key_or_a_field<DB: OrmEngine>(database: &Database<DB>) {
    let shop = open(database, subscribers![created]).await;
    let db = db(&shop);
    ada().insert(&db).await.unwrap();
    let line = line::ActiveModel {
        order: Set(4),
        number: Set(2),
        cents: Set(100),
    };
    line.insert(&db).await.unwrap();
    let count = |topic: &str, key: &str| {
        format!("SELECT count(*) FROM ev_event WHERE topic = '{topic}' AND key = '{key}'")
    };
    for (topic, key) in [
        ("shop.customer.created", "shop.customer/1"),
        ("shop.line.created", "4"),
    ] {
        assert_eq!(database.numbers(&count(topic, key)).await, [1], "{topic}");
    }
}

async fn secrets_are_stored_as_decided_and_shown_nowhere<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = open(database, subscribers![created]).await;
    shop.faults
        .errors
        .store(3, std::sync::atomic::Ordering::Relaxed);
    let workers = shop.work();
    write(&db(&shop)).await.unwrap();
    shop.next_n(3).await;
    stop(workers).await;
    let letters = shop.store.dead("crm.created").list(10).await.unwrap();
    let shown: Value = serde_json::from_str(&letters[0].payload).unwrap();
    let record = json!({ "id": 1, "email": "ada@x", "name": null, "cardNumber": "[redacted]" });
    assert_eq!(shown, json!({ "record": record }));
    for (part, expected) in [
        ("4111", 2),
        ("4222", 2),
        ("lastVisit", 3),
        ("cardCode", 0),
        ("456", 0),
    ] {
        let count = format!("SELECT count(*) FROM ev_event WHERE data LIKE '%{part}%'");
        assert_eq!(database.numbers(&count).await, [expected], "{part}");
    }
}

async fn an_earlier_version_is_upcast<DB: OrmEngine>(database: &Database<DB>) {
    let mut shop = open(database, subscribers![line_updated]).await;
    let mut stored = event("1", "shop.line.updated", None);
    let record = |euros| json!({ "order": 1, "number": 1, "euros": euros });
    stored.data = json!({ "old": record(1), "record": record(2) }).to_string();
    database.store(&[stored]).await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "line: cents: 100 -> 200");
    shop.drained().await;
    stop(workers).await;
}

/// The text of the error of `register`.
async fn refused<DB: OrmEngine>(database: &Database<DB>, subscribers: Subscribers) -> String {
    let shop = unregistered(database, subscribers).await;
    let registered = shop.store.register(&shop.registry).await;
    registered.unwrap_err().to_string()
}

async fn events_before_a_write_are_not_durable<DB: OrmEngine>(database: &Database<DB>) {
    let error = refused(database, subscribers![creating]).await;
    assert!(error.contains("`#[observed(durable = \"..\")]`"), "{error}");
    assert!(error.contains("before a write"), "{error}");
}

async fn a_pattern_matches_the_topic_of_the_emit<DB: OrmEngine>(database: &Database<DB>) {
    let (log, _guard) = Log::start();
    let shop = open(database, subscribers![stored_topic]).await;
    assert_eq!(log.count("customer::Model::created` as well"), 1);
    write(&db(&shop)).await.unwrap();
    let deliveries = "SELECT count(*) FROM ev_delivery";
    assert_eq!(database.numbers(deliveries).await, [0]);
}
