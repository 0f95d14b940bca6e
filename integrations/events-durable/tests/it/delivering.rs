//! Deliveries that succeed: with the transaction, in order, to patterns, at the end of a program.

use events_core::subscribers;
use std::time::Duration;

use crate::{
    database::{Database, on_both},
    log::Log,
    shop::{Shop, ShopEngine, audit, confirm, placed, placed_by, slow, stop},
};

on_both! {
    what_a_subscriber_writes_is_one_transaction_with_its_mark;
    events_of_one_key_come_in_order;
    a_pattern_receives_the_events_of_all_types;
    a_shutdown_hands_back_what_has_not_begun;
    a_shutdown_hands_back_what_does_not_end_in_time;
    a_long_call_keeps_its_lease;
    workers_without_subscribers_warn_once;
}

async fn what_a_subscriber_writes_is_one_transaction_with_its_mark<DB: ShopEngine>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, DB::book()).await;
    let workers = shop.work();
    shop.place([placed(1)]).await;
    assert_eq!(shop.next().await, "book 1");
    shop.drained().await;
    stop(workers).await;
    assert_eq!(database.numbers("SELECT number FROM entry").await, [1]);
    // What it has emitted is stored as well, and knows its parent.
    let nested = "SELECT count(*) FROM ev_event e, ev_event p WHERE e.topic = 'shop.booked' AND e.parent = p.id";
    assert_eq!(database.numbers(nested).await, [1]);
}

async fn workers_without_subscribers_warn_once<DB: ShopEngine>(database: &Database<DB>) {
    let check = async |shop: Shop<DB>, expected| {
        let (log, _guard) = Log::start();
        let workers = shop.store.worker().poll_interval(Duration::from_millis(1));
        let workers = workers.concurrency(2).spawn_tokio();
        log.wait_for(expected).await;
        shop.place([placed(1)]).await; // which wakes them
        stop(workers).await;
        assert_eq!(log.count("the workers deliver nothing"), 1);
    };
    let unregistered = Shop::unregistered(database, subscribers![confirm]).await;
    check(unregistered, "call `store.register(&registry).await`").await;
    let empty = Shop::open(database, subscribers![]).await;
    check(empty, "has no durable subscribers: scan it before").await;
}

async fn events_of_one_key_come_in_order<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, DB::book()).await;
    for order in 0..20 {
        shop.place([placed_by(order, if order % 2 == 0 { "ada" } else { "bob" })])
            .await;
    }
    let workers = shop
        .store
        .worker()
        .concurrency(3)
        .poll_interval(Duration::from_millis(20))
        .spawn_tokio();
    let heard = shop.next_n(20).await;
    shop.drained().await;
    stop(workers).await;
    for rest in [0, 1] {
        let orders = heard
            .iter()
            .map(|text| text.trim_start_matches("book ").parse::<u64>().unwrap());
        let of_key: Vec<_> = orders.filter(|order| order % 2 == rest).collect();
        assert!(of_key.is_sorted(), "{heard:?}");
    }
    assert_eq!(database.numbers("SELECT count(*) FROM entry").await, [20]);
}

async fn a_pattern_receives_the_events_of_all_types<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![audit]).await;
    let workers = shop.work();
    shop.place([placed(1)]).await;
    assert_eq!(shop.next().await, "audit shop.placed");
    let mut tx = shop.begin().await;
    tx.emit(crate::shop::Booked(1)).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(shop.next().await, "audit shop.booked");
    shop.drained().await;
    stop(workers).await;
}

async fn a_shutdown_hands_back_what_has_not_begun<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![slow]).await;
    shop.place((0..5).map(placed)).await;
    let gate = shop.faults.gate.clone();
    let locked = gate.lock().await;
    let workers = shop.work();
    shop.faults.waiting.notified().await;
    let shutdown = tokio::spawn(workers.shutdown(Duration::from_secs(60)));
    drop(locked);
    assert!(shutdown.await.unwrap());
    shop.next().await;
    let left = database.numbers("SELECT count(*) FROM ev_delivery").await[0];
    assert!(left > 0, "the shutdown has not ended it");
    let workers = shop.work();
    shop.next_n(usize::try_from(left).unwrap()).await;
    shop.drained().await;
    stop(workers).await;
    assert!(shop.is_silent());
}

async fn a_shutdown_hands_back_what_does_not_end_in_time<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![slow]).await;
    shop.place([placed(1)]).await;
    let gate = shop.faults.gate.clone();
    let locked = gate.lock().await;
    let workers = shop.work();
    shop.faults.waiting.notified().await;
    assert!(!workers.shutdown(Duration::ZERO).await);
    drop(locked);
    let workers = shop.work();
    assert_eq!(shop.next().await, "slow 1");
    shop.drained().await;
    stop(workers).await;
}

async fn a_long_call_keeps_its_lease<DB: ShopEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![slow]).await;
    shop.place([placed(1)]).await;
    let gate = shop.faults.gate.clone();
    let locked = gate.lock().await;
    let worker = shop.store.worker().lease(Duration::from_millis(30));
    let workers = worker.spawn_tokio();
    shop.faults.waiting.notified().await;
    let end = "SELECT due FROM ev_delivery";
    let first = database.numbers(end).await;
    while database.numbers(end).await <= first {
        tokio::task::yield_now().await;
    }
    drop(locked);
    assert_eq!(shop.next().await, "slow 1");
    shop.drained().await;
    stop(workers).await;
    assert!(shop.is_silent());
}
