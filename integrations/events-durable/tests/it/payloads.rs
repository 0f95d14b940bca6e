//! Payloads of other versions.

use std::time::Duration;

use events_core::{Event, Retry, State, failures::BoxError, subscriber, subscribers};
use events_durable::{Durable, DurableEvent, durable, upcast};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    database::{Database, on_both},
    shop::{Shop, ShopEngine, stop},
};

on_both! {
    an_old_payload_is_brought_to_the_present_version;
    what_this_program_cannot_read_waits;
    unknown_fields_are_ignored;
    an_instance_of_a_generic_event_is_refused_before_register;
    secrets_are_found_under_the_names_that_serde_writes;
    a_payload_that_could_not_be_read_is_refused;
    what_is_nested_deep_is_delivered;
}

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "payloads.priced")]
#[durable(version = 3)]
struct Priced {
    cents: u64,
    currency: String,
}

#[upcast(Priced, from = 1)]
fn euros_to_cents(mut old: Value) -> Result<Value, BoxError> {
    let euros = old["euros"].as_u64().ok_or("there is no price")?;
    old["cents"] = (euros * 100).into();
    Ok(old)
}

#[upcast(Priced, from = 2)]
fn all_were_euros(mut old: Value) -> Result<Value, BoxError> {
    old["currency"] = "EUR".into();
    Ok(old)
}

#[subscriber(durable = "payloads.price")]
fn price(event: &Priced, journal: State<'_, crate::shop::Journal>) {
    crate::shop::note(&journal, format!("{} {}", event.cents, event.currency));
}

#[derive(Event, Clone, Serialize, Deserialize)]
struct Page<T> {
    items: Vec<T>,
}

durable!(Page<char>, topic = "payloads.page.letters");

durable!(
    Page<u32>,
    topic = "payloads.page.numbers",
    version = 4,
    key = |page| page.items.len()
);

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "payloads.paid")]
#[serde(rename_all = "camelCase")]
struct Paid {
    #[event(secret)]
    #[durable(secret(stored))]
    card_number: String,
    #[event(secret)]
    #[durable(secret(skip))]
    #[serde(default)]
    card_code: String,
    #[event(secret)]
    #[durable(secret(skip))]
    #[serde(default, rename(serialize = "pinCode", deserialize = "pinCode"))]
    pin: String,
}

#[subscriber(
    durable = "payloads.pay",
    retry = Retry::exponential(Duration::from_micros(1), Duration::from_micros(1)).max_retries(0)
)]
fn pay(paid: &Paid) -> Result<(), &'static str> {
    assert_eq!((&*paid.card_code, &*paid.pin), ("", ""));
    Err("an error that a test wants")
}

async fn store_as<DB: ShopEngine>(database: &Database<DB>, version: i32, codec: &str, data: &str) {
    let mut event = crate::database::event(
        &format!("{version} {codec} {data}"),
        "payloads.priced",
        None,
    );
    (event.version, event.codec, event.data) = (version, codec.into(), data.into());
    database.store(&[event]).await;
}

async fn an_old_payload_is_brought_to_the_present_version<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![price]).await;
    store_as(database, 1, "json", r#"{"euros":7}"#).await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "700 EUR");
    store_as(database, 2, "json", r#"{"cents":5}"#).await;
    assert_eq!(shop.next().await, "5 EUR");
    shop.drained().await;
    stop(workers).await;
}

async fn unknown_fields_are_ignored<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![price]).await;
    store_as(
        database,
        3,
        "json",
        r#"{"cents":5,"currency":"CHF","later":true}"#,
    )
    .await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "5 CHF");
    shop.drained().await;
    stop(workers).await;
}

async fn what_this_program_cannot_read_waits<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![price]).await;
    store_as(database, 4, "json", "{}").await;
    store_as(database, 3, "rot13", "{}").await;
    store_as(database, 3, "json", r#"{"cents":1,"currency":"EUR"}"#).await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "1 EUR");
    stop(workers).await;
    // Both wait, with all their attempts.
    let waiting = "SELECT count(*) FROM ev_delivery WHERE subscriber = 'payloads.price'";
    assert_eq!(database.numbers(waiting).await, [2]);
    assert_eq!(
        shop.store
            .dead("payloads.price")
            .list(9)
            .await
            .unwrap()
            .len(),
        0
    );
    assert_eq!(shop.store.stats().await.unwrap()[0].attempts, 0);
}

async fn secrets_are_found_under_the_names_that_serde_writes<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, subscribers![pay]).await;
    let mut tx = shop.begin().await;
    let [card_number, card_code, pin] = ["4111", "777", "888"].map(str::to_owned);
    tx.emit(Paid {
        card_number,
        card_code,
        pin,
    })
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let stored = "SELECT count(*) FROM ev_event WHERE data LIKE '%777%' OR data LIKE '%888%'";
    assert_eq!(database.numbers(stored).await, [0]);
    let workers = shop.work();
    shop.drained().await;
    stop(workers).await;
    let letters = shop.store.dead("payloads.pay").list(9).await.unwrap();
    assert_eq!(letters[0].payload, r#"{"cardNumber":"[redacted]"}"#);
}

#[test]
fn an_instance_of_a_generic_event_has_a_topic_of_its_own() {
    assert_eq!(Page::<u32>::stored_topic(), "payloads.page.numbers");
    assert_eq!(<Page<u32> as DurableEvent>::VERSION, 4);
    assert_eq!(
        Page {
            items: vec![1_u32, 2]
        }
        .durable_key()
        .as_deref(),
        Some("2")
    );
}

/// Each instance, also of two in one module.
async fn an_instance_of_a_generic_event_is_refused_before_register<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::unregistered(database, subscribers![]).await;
    let scanner = shop.registry.scanner().module("it::payloads");
    scanner.state(shop.journal.clone()).run();
    let check = |result: Result<(), String>| {
        let error = result.unwrap_err();
        assert!(error.contains("store.register(&registry)"), "{error}");
    };
    let numbers = Page { items: vec![1_u32] };
    check(
        shop.registry
            .try_emit(numbers)
            .map(drop)
            .map_err(|error| error.to_string()),
    );
    let letters = Page { items: vec!['a'] };
    check(
        shop.registry
            .try_emit(letters)
            .map(drop)
            .map_err(|error| error.to_string()),
    );
}

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "payloads.measured")]
struct Measured {
    celsius: f64,
    note: Option<String>,
    nested: Value,
}

/// As deep as this: `1` in so many arrays.
fn nested(depth: usize) -> Value {
    (0..depth).fold(Value::from(1), |inner, _| Value::Array(vec![inner]))
}

#[subscriber(durable = "payloads.measure")]
fn measure(event: &Measured, journal: State<'_, crate::shop::Journal>) {
    assert_eq!(event.note, None);
    let is_deep = event.nested == nested(126);
    crate::shop::note(&journal, format!("{} {is_deep}", event.celsius));
}

/// JSON has no number for it, and its reader ends at a depth of 127.
async fn a_payload_that_could_not_be_read_is_refused<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![measure]).await;
    for (celsius, depth, expected) in [
        (f64::NAN, 1, "cannot be read again"),
        (f64::INFINITY, 1, "cannot be read again"),
        (1.0, 127, "is nested deeper than 127 levels"),
        (1.0, 1_000, "is nested deeper than 127 levels"),
    ] {
        let mut tx = shop.begin().await;
        let event = Measured {
            celsius,
            note: None,
            nested: nested(depth),
        };
        let error = tx.emit(event).await.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

async fn what_is_nested_deep_is_delivered<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![measure]).await;
    let mut tx = shop.begin().await;
    let event = Measured {
        celsius: f64::MAX,
        note: None,
        nested: nested(126),
    };
    tx.emit(event).await.unwrap();
    tx.commit().await.unwrap();
    let workers = shop.work();
    assert_eq!(shop.next().await, format!("{} true", f64::MAX));
    shop.drained().await;
    stop(workers).await;
}
