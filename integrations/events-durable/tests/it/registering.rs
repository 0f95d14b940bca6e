//! Registering the subscribers of a program.

use events_core::{
    Event, EventCopy, Registry, State,
    failures::BoxError,
    handlers::{CallContext, Param, Prepare, PrepareError},
    scanning::Subscribers,
    subscriber, subscribers,
};
use events_durable::{Delivery, Durable, DurableError, StoreError, durable};
use events_sqlx::Tx;
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, Sqlite};
use tokio::spawn;

use crate::{
    database::{Database, TestEngine as _, on_both},
    log::Log,
    shop::{Booked, Journal, Placed, Shop, ShopEngine, audit, confirm, note, stop},
};

on_both! {
    routes_are_new_known_or_orphaned;
    a_registry_is_registered_again;
    a_register_that_fails_leaves_what_was_registered;
    a_registry_has_one_store;
    without_tables_it_says_what_to_call;
    a_subscriber_of_an_event_that_is_not_durable_is_a_problem;
    instances_of_a_generic_event_have_their_own_subscribers;
    an_instance_of_a_generic_event_that_is_not_durable_is_a_problem;
    a_key_that_an_event_does_not_have_is_a_warning;
    a_parameter_that_no_delivery_gives_is_a_problem;
}

/// A value that only some emitters give.
struct Tenant;

impl Param for Tenant {
    type Kept = ();
    type Held<'c> = ();
    type Item<'i> = Self;

    fn prepare(scan: &Prepare<'_>) -> Result<(), PrepareError> {
        scan.needs("if the emitter gives a tenant");
        Ok(())
    }

    fn acquire<'c>((): &'c (), _: &'c CallContext<'c>) -> Result<(), BoxError> {
        Err("there is no tenant".into())
    }

    fn item<'i, 'c: 'i>((): &'i mut ()) -> Self {
        Self
    }
}

#[subscriber(durable = "params.tenant")]
async fn of_tenant(_: &Placed, _: Tenant) {}

#[subscriber(durable = "params.tenant_in_transaction")]
async fn of_tenant_in_transaction(_: &Placed, _: Tx<'_, Sqlite>, _: Tenant) {}

#[derive(Event, Clone)]
#[event(topic = "shop.volatile")]
struct Volatile;

#[subscriber(durable = "volatile")]
fn volatile(_: &Volatile) {}

/// Its instances have one topic as events.
#[derive(Event, Clone, Serialize, Deserialize)]
#[event(topic = "shop.page")]
struct Page<T>(T);

durable!(Page<String>, topic = "shop.page.text");
durable!(Page<u64>, topic = "shop.page.number");

#[subscriber(durable = "pages.text")]
fn of_text(page: &Page<String>, journal: State<'_, Journal>) {
    note(&journal, format!("text {}", page.0));
}

#[subscriber(durable = "pages.number")]
fn of_number(page: &Page<u64>, journal: State<'_, Journal>) {
    note(&journal, format!("number {}", page.0));
}

#[subscriber(durable = "pages.flag")]
fn of_flag(_: &Page<bool>) {}

#[subscriber(durable = "keys.none", per_key)]
fn without_key(_: &Booked) {}

#[subscriber(durable = "keys.page", per_key)]
fn page_without_key(_: &Page<u64>) {}

#[subscriber(durable = "keys.some", per_key)]
fn with_key(_: &Placed) {}

#[subscriber(durable = "keys.pattern", topic = "shop\\..*", per_key)]
async fn of_pattern(_: &EventCopy) {}

#[subscriber]
fn not_durable(_: &Placed, _: Delivery<'_>) {}

async fn a_parameter_that_no_delivery_gives_is_a_problem<DB: ShopEngine>(database: &Database<DB>) {
    check_unmet(database, subscribers![of_tenant], "is called").await;
}

#[tokio::test]
async fn a_parameter_that_no_delivery_gives_is_a_problem_beside_the_transaction() {
    let database = Sqlite::create().await.unwrap();
    let called = "is called `in a transaction of events_sqlx (SQLite)` and";
    check_unmet(&database, subscribers![of_tenant_in_transaction], called).await;
}

async fn check_unmet<DB: ShopEngine>(
    database: &Database<DB>,
    subscribers: Subscribers,
    called: &str,
) {
    let shop = Shop::unregistered(database, subscribers).await;
    let error = shop.store.register(&shop.registry).await.unwrap_err();
    let expected =
        format!("{called} `if the emitter gives a tenant`, and a delivery is in the transaction");
    assert!(error.to_string().contains(&expected), "{error}");
    let type_in_code = std::any::type_name::<DB>().rsplit("::").next().unwrap();
    let remedy = format!("take `Tx<'_, {type_in_code}>`");
    assert!(error.to_string().contains(&remedy), "{error}");
}

async fn routes_are_new_known_or_orphaned<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::unregistered(database, subscribers![confirm]).await;
    let routes = shop.store.register(&shop.registry).await.unwrap();
    assert_eq!(
        (
            routes.new.as_slice(),
            routes.known.len(),
            routes.orphaned.len()
        ),
        (&["mail.confirm".to_owned()][..], 0, 0)
    );
    let other = Shop::unregistered(database, subscribers![audit]).await;
    let routes = other.store.register(&other.registry).await.unwrap();
    assert_eq!(
        (routes.new, routes.orphaned),
        (
            vec!["audit.all".to_owned()],
            vec!["mail.confirm".to_owned()]
        )
    );
    let routes = shop.store.register(&shop.registry).await.unwrap();
    assert_eq!(
        (routes.known, routes.orphaned),
        (
            vec!["mail.confirm".to_owned()],
            vec!["audit.all".to_owned()]
        )
    );
    shop.store.retire("audit.all").await.unwrap();
    let routes = shop.store.register(&shop.registry).await.unwrap();
    assert_eq!(routes.orphaned.len(), 0);
}

async fn a_registry_is_registered_again<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    shop.store.register(&shop.registry).await.unwrap();
    shop.place([crate::shop::placed(1)]).await;
    assert_eq!(database.numbers("SELECT count(*) FROM ev_event").await, [1]);
}

async fn a_register_that_fails_leaves_what_was_registered<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let workers = shop.work();
    DB::run(&database.pool, "UPDATE ev_schema SET version = version + 1").await;
    shop.store.register(&shop.registry).await.unwrap_err();
    DB::run(&database.pool, "UPDATE ev_schema SET version = version - 1").await;
    shop.place([crate::shop::placed(1)]).await;
    assert_eq!(database.numbers("SELECT count(*) FROM ev_event").await, [1]);
    assert_eq!(shop.next().await, "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}

async fn a_registry_has_one_store<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let second = Durable::<DB>::with_pool(database.pool.clone());
    let error = second.register(&shop.registry).await.unwrap_err();
    let text = error.to_string();
    assert!(matches!(error, DurableError::Program(_)), "{text}");
    assert!(
        text.contains("the registry has another store") && text.contains("a clone of"),
        "{text}"
    );
    // It stores with the first one still.
    shop.place([crate::shop::placed(1)]).await;
    assert_eq!(database.numbers("SELECT count(*) FROM ev_event").await, [1]);
    // Another registry can have it, and a store that is gone leaves its own.
    second.register(&Registry::new()).await.unwrap();
    let Shop {
        store, registry, ..
    } = shop;
    drop(store);
    second.register(&registry).await.unwrap();
}

async fn without_tables_it_says_what_to_call<DB: ShopEngine>(database: &Database<DB>) {
    let store = Durable::with_pool(database.pool.clone());
    let error = store.register(&Registry::new()).await.unwrap_err();
    assert!(
        matches!(error, DurableError::Store(StoreError::SchemaMissing)),
        "{error}"
    );
    assert!(error.to_string().contains("migrate()"), "{error}");
}

async fn a_subscriber_of_an_event_that_is_not_durable_is_a_problem<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::unregistered(database, subscribers![volatile]).await;
    let error = shop
        .store
        .register(&shop.registry)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("`shop.volatile`, which is not durable"),
        "{error}"
    );
}

async fn instances_of_a_generic_event_have_their_own_subscribers<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, subscribers![of_text, of_number]).await;
    let mut tx = shop.begin().await;
    tx.emit(Page("one".to_owned())).await.unwrap();
    tx.emit(Page(2_u64)).await.unwrap();
    tx.commit().await.unwrap();
    let deliveries = "SELECT count(*) FROM ev_delivery";
    assert_eq!(database.numbers(deliveries).await, [2]);
    let workers = shop.work();
    let mut heard = shop.next_n(2).await;
    heard.sort();
    assert_eq!(heard, ["number 2", "text one"]);
    shop.drained().await;
    stop(workers).await;
}

async fn an_instance_of_a_generic_event_that_is_not_durable_is_a_problem<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::unregistered(database, subscribers![of_flag]).await;
    let registered = shop.store.register(&shop.registry).await;
    let error = registered.unwrap_err().to_string();
    assert!(
        error.contains("`shop.page`, which is not durable"),
        "{error}"
    );
}

#[test]
fn a_delivery_needs_a_durable_subscriber() {
    let error = Registry::new()
        .scanner()
        .subscribers(subscribers![not_durable])
        .try_run()
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("only a durable subscriber has a delivery"),
        "{error}"
    );
}

#[tokio::test]
async fn the_transaction_is_that_of_the_store() {
    let database = Sqlite::create().await.unwrap();
    let shop = Shop::unregistered(&database, Postgres::book()).await;
    let error = shop
        .store
        .register(&shop.registry)
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error
            .contains("the transaction of another database than this store; take `Tx<'_, Sqlite>`"),
        "{error}"
    );
}

/// Its snapshot would be older than the lock for which it has waited.
#[tokio::test]
async fn programs_register_at_once_in_any_isolation() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    let shop = Shop::unregistered(&database, subscribers![confirm]).await;
    let store = Durable::with_pool(database.serializable("registers").await);
    // As another program does.
    let mut other = database.pool.begin().await.unwrap();
    let statements = "SELECT pg_advisory_xact_lock(1702257008, 0);
        INSERT INTO ev_topic (topic) VALUES ('shop.placed');
        INSERT INTO ev_route (topic, subscriber, per_key) VALUES ('shop.placed', 'mail.confirm', false)";
    sqlx::raw_sql(statements)
        .execute(&mut *other)
        .await
        .unwrap();
    let registry = shop.registry.clone();
    let register = spawn(async move { store.register(&registry).await });
    database.waits_for_lock("registers", &register).await;
    other.commit().await.unwrap();
    let routes = register.await.unwrap().unwrap();
    assert_eq!(routes.known, ["mail.confirm"]);
}

async fn a_key_that_an_event_does_not_have_is_a_warning<DB: ShopEngine>(database: &Database<DB>) {
    let (log, _guard) = Log::start();
    let all = subscribers![without_key, page_without_key, with_key, of_pattern];
    let shop = Shop::unregistered(database, all).await;
    shop.store.register(&shop.registry).await.unwrap();
    for (subscriber, expected) in [
        ("keys.none", 1),
        ("keys.page", 1),
        ("keys.some", 0),
        ("keys.pattern", 0),
    ] {
        let warning = format!("or remove `per_key` subscriber=\"{subscriber}\"");
        assert_eq!(log.count(&warning), expected, "{subscriber}");
    }
}
