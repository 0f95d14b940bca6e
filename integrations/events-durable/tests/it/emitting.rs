//! What is emitted in a transaction is stored with it.

use events_core::subscribers;
use events_durable::{Durable, EmitAt};

use crate::{
    database::{Database, on_both},
    faults::log::Log,
    shop::{Booked, Shop, ShopEngine, confirm, placed, stop},
};

on_both! {
    what_is_committed_is_delivered;
    what_is_rolled_back_is_not_stored;
    a_transaction_of_the_store_emits_to_its_registry;
    a_savepoint_takes_its_own_back;
    a_sync_emit_in_the_unit_is_stored;
    an_emit_outside_of_a_transaction_fails;
    an_emit_before_register_fails;
    an_emit_after_a_register_that_failed_fails;
    an_event_with_an_empty_key_fails;
    an_event_is_stored_in_a_bare_transaction;
    an_event_that_is_due_later_waits;
    the_span_of_the_emit_is_stored_and_the_delivery_has_it;
    a_durable_event_has_subscribers;
}

const STORED: &str = "SELECT count(*) FROM ev_event";

async fn what_is_committed_is_delivered<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let workers = shop.work();
    shop.place([placed(1), placed(2)]).await;
    let mut heard = shop.next_n(2).await;
    heard.sort();
    assert_eq!(heard, ["confirm 1 (1 of 3) ", "confirm 2 (1 of 3) "]);
    shop.drained().await;
    stop(workers).await;
    assert!(shop.is_silent());
}

async fn what_is_rolled_back_is_not_stored<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let mut tx = shop.begin().await;
    tx.emit(placed(1)).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(database.numbers(STORED).await, [0]);
}

/// Another registry, which is the current one, stores nothing.
async fn a_transaction_of_the_store_emits_to_its_registry<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let mut tx = shop.store.begin().await.unwrap();
    tx.emit(placed(1)).await.unwrap();
    let mut point = tx.savepoint().await.unwrap();
    point.emit(placed(2)).await.unwrap();
    point.commit().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(database.numbers(STORED).await, [2]);
}

async fn a_savepoint_takes_its_own_back<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let mut tx = shop.begin().await;
    tx.emit(placed(1)).await.unwrap();
    let mut point = tx.savepoint().await.unwrap().with_registry(&shop.registry);
    point.emit(placed(2)).await.unwrap();
    point.rollback().await.unwrap();
    let mut point = tx.savepoint().await.unwrap().with_registry(&shop.registry);
    point.emit(placed(3)).await.unwrap();
    point.commit().await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(database.numbers(STORED).await, [2]);
}

async fn a_sync_emit_in_the_unit_is_stored<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let tx = shop.begin().await;
    {
        let _in_unit = tx.handle().enter();
        shop.registry.try_emit(placed(1)).unwrap();
    }
    tx.commit().await.unwrap();
    assert_eq!(database.numbers(STORED).await, [1]);
}

async fn an_emit_outside_of_a_transaction_fails<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let error = shop.registry.try_emit(placed(1)).unwrap_err().to_string();
    assert!(
        error.contains("outside of a transaction") && error.contains("store.begin()"),
        "{error}"
    );
    let error = shop
        .registry
        .try_emit_async(placed(1))
        .await
        .unwrap_err()
        .to_string();
    assert!(error.contains("outside of a transaction"), "{error}");
    assert_eq!(database.numbers(STORED).await, [0]);
}

async fn an_emit_before_register_fails<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::unregistered(database, subscribers![]).await;
    shop.registry.scanner().module("it::shop").run();
    let error = shop.registry.try_emit(Booked(1)).unwrap_err().to_string();
    assert!(error.contains("store.register(&registry)"), "{error}");
}

async fn an_emit_after_a_register_that_failed_fails<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![]).await;
    // With subscribers that take the transactions of both databases.
    shop.registry.scanner().module("it::shop").run();
    shop.place([placed(1)]).await;
    shop.store.register(&shop.registry).await.unwrap_err();
    let mut tx = shop.begin().await;
    let error = tx.emit(placed(2)).await.unwrap_err().to_string();
    assert!(error.contains("store.register(&registry)"), "{error}");
    tx.rollback().await.unwrap();
    assert_eq!(database.numbers(STORED).await, [1]);
}

async fn an_event_with_an_empty_key_fails<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let mut tx = shop.begin().await;
    let error = tx
        .emit(crate::shop::placed_by(1, ""))
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("the key of the event `shop.placed` is empty"),
        "{error}"
    );
}

async fn an_event_is_stored_in_a_bare_transaction<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let mut tx = database.pool.begin_with(DB::BEGIN).await.unwrap();
    shop.store.store(&mut tx, &placed(1)).await.unwrap();
    shop.store
        .store_all(&mut tx, &[placed(2), placed(3)])
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let workers = shop.work();
    assert_eq!(shop.next_n(3).await.len(), 3);
    shop.drained().await;
    stop(workers).await;
}

async fn an_event_that_is_due_later_waits<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
    let tx = shop.begin().await;
    tx.emit_at(&shop.store, later, &placed(1)).unwrap();
    tx.commit().await.unwrap();
    shop.place([placed(2)]).await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "confirm 2 (1 of 3) ");
    // The worker has looked for others before it finds this one.
    shop.place([placed(3)]).await;
    assert_eq!(shop.next().await, "confirm 3 (1 of 3) ");
    stop(workers).await;
    assert!(shop.is_silent());
    database.let_time_pass().await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}

async fn the_span_of_the_emit_is_stored_and_the_delivery_has_it<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let (log, _guard) = Log::from(tracing::Level::DEBUG);
    let mut shop = Shop::unregistered(database, subscribers![confirm]).await;
    let store = Durable::with_pool(database.pool.clone());
    shop.store = store.trace(|| Some("00-4bf9-01".to_owned()));
    shop.store.register(&shop.registry).await.unwrap();
    shop.place([placed(1)]).await;
    let stored = "SELECT count(*) FROM ev_event WHERE trace = '00-4bf9-01'";
    assert_eq!(database.numbers(stored).await, [1]);
    // What is logged in the delivery is in its span.
    DB::run(&database.pool, "UPDATE ev_event SET version = 9").await;
    let workers = shop.work();
    log.wait_for("deliveries of such events wait").await;
    stop(workers).await;
    let in_span = r#"trace="00-4bf9-01"}: events_durable: deliveries of such events wait"#;
    assert_eq!(log.count(in_span), 1);
}

/// A subscriber may be in another program.
async fn a_durable_event_has_subscribers<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::unregistered(database, subscribers![]).await;
    assert!(!shop.registry.has_subscribers::<Booked>());
    shop.store.register(&shop.registry).await.unwrap();
    assert!(shop.registry.has_subscribers::<Booked>());
}

#[events_testing::test]
async fn a_fake_keeps_an_event_from_the_store() {
    use crate::database::TestEngine;
    let database = sqlx::Sqlite::create().await.unwrap();
    let events = events_testing::current();
    let store = Durable::with_pool(database.pool.clone());
    store.migrate().await.unwrap();
    store.register(events.registry()).await.unwrap();
    events.fake_only::<Booked>();
    let mut tx = store.begin().await.unwrap();
    tx.emit(Booked(1)).await.unwrap();
    tx.emit(placed(2)).await.unwrap();
    tx.commit().await.unwrap();
    events.assert_emitted::<Booked>().times(1);
    assert_eq!(database.numbers(STORED).await, [1]);
    let faked = "SELECT count(*) FROM ev_event WHERE topic = 'shop.booked'";
    assert_eq!(database.numbers(faked).await, [0]);
}
