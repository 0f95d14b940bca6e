//! The events and subscribers of the processes, and their tables.
//!
//! `emitted` has a row for each event that was emitted, in its transaction; the others have a row for each call of a subscriber.

use std::time::Duration;

use events_core::{Event, Registry, Retry, State, scanning::Subscribers, subscriber, subscribers};
use events_durable::{Delivery, Durable, DurableError, StoreError};
use events_sqlx::Tx;
use serde::{Deserialize, Serialize};
use sqlx::{Pool, Postgres, Sqlite};

use crate::engine::{Place, TestEngine};

/// The keys of the events.
pub(crate) const KEYS: [&str; 4] = ["a", "b", "c", "d"];

/// The attempts of a delivery of `Risky`.
pub(crate) const RISKY_ATTEMPTS: u32 = 4;

/// The numbers of a key have no gaps, and are in the order of the commits.
#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "kills.placed")]
#[durable(key = key)]
pub(crate) struct Placed {
    pub(crate) key: String,
    pub(crate) number: i64,
}

/// Emitted by a subscriber in the transaction of its delivery.
#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "kills.booked")]
#[durable(key = key)]
pub(crate) struct Booked {
    pub(crate) key: String,
    pub(crate) number: i64,
}

/// One that ends the process, if it is poisonous.
#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "kills.risky")]
pub(crate) struct Risky {
    pub(crate) number: i64,
    pub(crate) is_poisonous: bool,
}

fn insert(table: &str, key: &str, number: i64) -> String {
    format!("INSERT INTO {table} (key, number) VALUES ('{key}', {number})")
}

async fn book_in<DB: TestEngine>(placed: &Placed, mut tx: Tx<'_, DB>) -> Result<(), StoreError> {
    let Placed { key, number } = placed.clone();
    println!("book");
    DB::run(tx.conn(), insert("booked", &key, number)).await?;
    println!("emit");
    let emitted = tx.emit(Booked { key, number }).await;
    emitted.expect("it is stored");
    println!("booked");
    Ok(())
}

async fn audit_in<DB: TestEngine>(booked: &Booked, mut tx: Tx<'_, DB>) -> Result<(), StoreError> {
    println!("audit");
    DB::run(tx.conn(), insert("audited", &booked.key, booked.number)).await
}

/// Writes outside of the transaction, as a call of another service.
async fn send<DB: TestEngine>(placed: &Placed, pool: &Pool<DB>) -> Result<(), StoreError> {
    println!("send");
    let mut conn = pool.acquire().await?;
    DB::run(&mut conn, insert("sent", &placed.key, placed.number)).await?;
    println!("sent");
    Ok(())
}

async fn risk_in<DB: TestEngine>(
    risky: &Risky,
    mut tx: Tx<'_, DB>,
    delivery: Delivery<'_>,
) -> Result<(), StoreError> {
    DB::run(tx.conn(), insert("risked", "", risky.number)).await?;
    if risky.is_poisonous {
        println!("poison {} {}", risky.number, delivery.attempt());
        std::process::abort();
    }
    Ok(())
}

const fn at_once(retries: u32) -> Retry {
    const SHORT: Duration = Duration::from_millis(1);
    Retry::exponential(SHORT, SHORT).max_retries(retries)
}

/// The subscribers for a database: a parameter has one type.
macro_rules! of_database {
    ($module:ident, $database:ty) => {
        pub(crate) mod $module {
            use super::*;

            #[subscriber(durable = "kills.book", per_key, retry = at_once(99))]
            async fn book(placed: &Placed, tx: Tx<'_, $database>) -> Result<(), StoreError> {
                book_in(placed, tx).await
            }

            #[subscriber(durable = "kills.audit", retry = at_once(99))]
            async fn audit(booked: &Booked, tx: Tx<'_, $database>) -> Result<(), StoreError> {
                audit_in(booked, tx).await
            }

            #[subscriber(durable = "kills.send", per_key, retry = at_once(99))]
            async fn send(
                placed: &Placed,
                pool: State<'_, Pool<$database>>,
            ) -> Result<(), StoreError> {
                super::send(placed, &pool).await
            }

            #[subscriber(durable = "kills.risk", retry = at_once(RISKY_ATTEMPTS - 1))]
            async fn risk(
                risky: &Risky,
                tx: Tx<'_, $database>,
                delivery: Delivery<'_>,
            ) -> Result<(), StoreError> {
                risk_in(risky, tx, delivery).await
            }

            pub(crate) fn subscribers() -> Subscribers {
                subscribers![book, audit, send, risk]
            }
        }
    };
}
of_database!(of_sqlite, Sqlite);
of_database!(of_postgres, Postgres);

/// A program: the store, and the registry with the subscribers.
pub(crate) struct Shop<DB: TestEngine> {
    pub(crate) store: Durable<DB>,
    registry: Registry,
}

pub(crate) async fn open<DB: TestEngine>(place: &Place) -> Result<Shop<DB>, DurableError> {
    let (pool, registry) = (DB::open(place).await?, Registry::new());
    let scanner = registry.scanner().subscribers(DB::subscribers());
    scanner.state(pool.clone()).run();
    let store = Durable::with_pool(pool);
    store.register(&registry).await?;
    Ok(Shop { store, registry })
}

/// Makes the tables.
pub(crate) async fn create<DB: TestEngine>(place: &Place) -> Shop<DB> {
    let store = Durable::<DB>::with_pool(DB::open(place).await.unwrap());
    let mut conn = store.pool().acquire().await.unwrap();
    if let Place::Server(_, schema) = place {
        DB::run(&mut conn, format!("CREATE SCHEMA {schema}"))
            .await
            .unwrap();
    }
    store.migrate().await.unwrap();
    for table in ["emitted", "booked", "audited", "sent", "risked"] {
        let columns = "key TEXT NOT NULL, number BIGINT NOT NULL";
        let table = format!("CREATE TABLE {table} (id {}, {columns})", DB::NUMBERED);
        DB::run(&mut conn, table).await.unwrap();
    }
    let counters = "CREATE TABLE counter (key TEXT PRIMARY KEY, number BIGINT NOT NULL)";
    DB::run(&mut conn, counters.to_owned()).await.unwrap();
    for key in KEYS {
        DB::run(&mut conn, insert("counter", key, 0)).await.unwrap();
    }
    drop(conn);
    store.pool().close().await;
    open(place).await.unwrap()
}

/// Stores a poisonous event among innocent ones, with numbers from this one on, and returns how many poisonous ones.
pub(crate) async fn emit_risky<DB: TestEngine>(store: &Durable<DB>, first: i64) -> u64 {
    let events: Vec<_> = (first..first + 10)
        .map(|number| Risky {
            number,
            is_poisonous: number == first + 4,
        })
        .collect();
    let mut tx = store.begin().await.unwrap();
    for event in &events {
        DB::run(tx.conn(), insert("emitted", "risky", event.number))
            .await
            .unwrap();
    }
    store.store_all(tx.conn(), &events).await.unwrap();
    tx.commit().await.unwrap();
    1
}

/// A transaction with events of these keys, which are in order.
pub(crate) async fn place_some<DB: TestEngine>(
    shop: &Shop<DB>,
    keys: &[&str],
    is_rolled_back: bool,
) -> Result<(), events_core::failures::BoxError> {
    let mut tx = shop.store.begin().await?.with_registry(&shop.registry);
    for key in keys {
        let next =
            format!("UPDATE counter SET number = number + 1 WHERE key = '{key}' RETURNING number");
        let number = DB::numbers(tx.conn(), next).await?[0];
        DB::run(tx.conn(), insert("emitted", key, number)).await?;
        let key = (*key).to_owned();
        tx.emit(Placed { key, number }).await?;
    }
    println!("commit");
    if is_rolled_back {
        tx.rollback().await?;
    } else {
        tx.commit().await?;
    }
    println!("committed");
    Ok(())
}
