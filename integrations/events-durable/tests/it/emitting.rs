//! What is emitted in a transaction is stored with it.

use std::time::{Duration, SystemTime};

use events_core::{UnitOfWork, subscribers, units::WithUnit};
use events_durable::{Durable, EmitAt};

use crate::{
    database::{Database, on_both},
    log::Log,
    shop::{Booked, Shop, ShopEngine, confirm, placed, stop},
};

on_both! {
    what_is_committed_is_delivered;
    what_is_rolled_back_is_not_stored;
    a_transaction_of_the_store_emits_to_its_registry;
    a_savepoint_takes_its_own_back;
    a_sync_emit_in_the_unit_is_stored;
    an_emit_outside_of_a_transaction_fails;
    an_async_emit_outside_of_a_transaction_has_its_own;
    an_async_emit_in_another_unit_fails;
    an_async_emit_that_is_cut_off_stores_all_or_nothing;
    an_emit_before_register_fails;
    after_a_register_that_failed_what_was_registered_before_still_is;
    an_event_with_an_empty_key_fails;
    an_event_whose_key_cannot_be_stored_fails;
    a_long_key_keeps_its_order;
    a_text_of_a_span_with_any_character_is_stored;
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
    for text in ["outside of a transaction", "store.begin()", "emit_async"] {
        assert!(error.contains(text), "{error}");
    }
    assert_eq!(database.numbers(STORED).await, [0]);
}

/// By `emit_async` and by the queue, which wait for it.
async fn an_async_emit_outside_of_a_transaction_has_its_own<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.registry.try_emit_async(placed(1)).await.unwrap();
    assert_eq!(database.numbers(STORED).await, [1]);
    shop.registry.enqueue(placed(2)).unwrap();
    shop.registry.queue().flush_async().await;
    assert_eq!(database.numbers(STORED).await, [2]);
    let workers = shop.work();
    let mut heard = shop.next_n(2).await;
    heard.sort();
    assert_eq!(heard, ["confirm 1 (1 of 3) ", "confirm 2 (1 of 3) "]);
    shop.drained().await;
    stop(workers).await;
    // In a unit of work it is held until the commit, and goes with a rollback.
    let tx = shop.begin().await;
    let emit = async { shop.registry.try_emit_async(placed(3)).await };
    emit.with_unit(tx.handle()).await.unwrap();
    tx.rollback().await.unwrap();
    assert_eq!(database.numbers(STORED).await, [2]);
}

/// A unit of work that is not that of a transaction of the store: it is not stored beside it.
async fn an_async_emit_in_another_unit_fails<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    let unit = UnitOfWork::begin();
    let emit = async { shop.registry.try_emit_async(placed(1)).await };
    let error = emit.with_unit(unit.handle()).await.unwrap_err().to_string();
    assert!(error.contains("is not that of a transaction"), "{error}");
    assert_eq!(database.numbers(STORED).await, [0]);
}

/// The event is stored with its whole delivery, or not at all.
async fn an_async_emit_that_is_cut_off_stores_all_or_nothing<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    for polls in 0..40 {
        let mut emit = Box::pin(shop.registry.try_emit_async(placed(polls)));
        for _ in 0..polls {
            let polled = tokio::time::timeout(Duration::from_micros(200), &mut emit).await;
            if polled.is_ok() {
                break;
            }
        }
        drop(emit);
    }
    shop.registry.try_emit_async(placed(99)).await.unwrap();
    let whole = "SELECT count(*) FROM ev_event e LEFT JOIN ev_delivery d ON d.seq = e.seq WHERE d.seq IS NULL";
    assert_eq!(database.numbers(whole).await, [0]);
}

async fn an_emit_before_register_fails<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::unregistered(database, subscribers![]).await;
    shop.registry.scanner().module("it::shop").run();
    let error = shop.registry.try_emit(Booked(1)).unwrap_err().to_string();
    assert!(error.contains("store.register(&registry)"), "{error}");
}

async fn after_a_register_that_failed_what_was_registered_before_still_is<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, subscribers![]).await;
    // With subscribers that take the transactions of both databases.
    shop.registry.scanner().module("it::shop").run();
    shop.place([placed(1)]).await;
    shop.store.register(&shop.registry).await.unwrap_err();
    shop.place([placed(2)]).await;
    assert_eq!(database.numbers(STORED).await, [2]);
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

async fn an_event_whose_key_cannot_be_stored_fails<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::open(database, subscribers![confirm]).await;
    for (key, expected) in [
        ("a\0b", "contains the character NUL"),
        (&"é".repeat(1001), "is longer than 2,000 bytes"),
    ] {
        let mut tx = shop.begin().await;
        let emitted = tx.emit(crate::shop::placed_by(1, key)).await;
        let error = emitted.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        let error = tx.emit_at(
            &shop.store,
            SystemTime::now(),
            &crate::shop::placed_by(1, key),
        );
        let error = error.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

/// One of many characters that a database cannot compress.
async fn a_long_key_keeps_its_order<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, DB::book()).await;
    let hashes =
        (1_u64..).map(|number| format!("{:x}", number.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let mut key: String = hashes.take(200).collect();
    key.truncate(2000);
    assert_eq!(key.len(), 2000);
    let events = (1..=5).map(|order| crate::shop::placed_by(order, &key));
    shop.place(events).await;
    let workers = shop.work();
    let expected: Vec<_> = (1..=5).map(|order| format!("book {order}")).collect();
    assert_eq!(shop.next_n(5).await, expected);
    shop.drained().await;
    stop(workers).await;
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
    let later = SystemTime::now() + Duration::from_secs(3600);
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

async fn a_text_of_a_span_with_any_character_is_stored<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::unregistered(database, subscribers![confirm]).await;
    let store = Durable::with_pool(database.pool.clone());
    let store = store.trace(|| Some("a\0b".to_owned()));
    store.register(&shop.registry).await.unwrap();
    for events in [1, 2] {
        let mut tx = store.begin().await.unwrap();
        for order in 0..events {
            tx.emit(placed(order)).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    let stored = "SELECT count(*) FROM ev_event WHERE trace = 'a b'";
    assert_eq!(database.numbers(stored).await, [3]);
}
