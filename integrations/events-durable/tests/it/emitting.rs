//! What is emitted in a transaction is stored with it.

use events_core::subscribers;
use events_durable::EmitAt;

use crate::{
    database::{Database, on_both},
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
    an_event_with_an_empty_key_fails;
    an_event_whose_key_cannot_be_stored_fails;
    a_long_key_keeps_its_order;
    a_text_of_a_span_with_any_character_is_stored;
    an_event_is_stored_in_a_bare_transaction;
    an_event_that_is_due_later_waits;
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
            std::time::SystemTime::now(),
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
    let later = std::time::SystemTime::now() + std::time::Duration::from_secs(3600);
    let tx = shop.begin().await;
    tx.emit_at(&shop.store, later, &placed(1)).unwrap();
    tx.commit().await.unwrap();
    shop.place([placed(2)]).await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "confirm 2 (1 of 3) ");
    stop(workers).await;
    assert!(shop.is_silent());
    database.let_time_pass().await;
    let workers = shop.work();
    assert_eq!(shop.next().await, "confirm 1 (1 of 3) ");
    shop.drained().await;
    stop(workers).await;
}

async fn a_text_of_a_span_with_any_character_is_stored<DB: ShopEngine>(database: &Database<DB>) {
    let shop = Shop::unregistered(database, subscribers![confirm]).await;
    let store = events_durable::Durable::with_pool(database.pool.clone());
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
