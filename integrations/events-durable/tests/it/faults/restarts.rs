//! Programs that end and are replaced.

use std::time::Duration;

use events_core::subscribers;
use tokio::time::timeout;

use super::engine::FaultEngine;
use crate::{
    database::{Database, on_both},
    shop::{Shop, placed, placed_by, slow, stop},
};

on_both! {
    nothing_is_delivered_before_the_commit;
    a_shutdown_hands_back_at_once_what_has_not_begun;
    a_rolling_restart_loses_and_repeats_nothing;
    of_ten_in_one_transaction_none_is_repeated_after_a_restart;
    a_shutdown_may_have_any_time;
    a_shutdown_ends_although_the_database_does_not_answer;
}

async fn nothing_is_delivered_before_the_commit<DB: FaultEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![slow]).await;
    let mut tx = shop.begin().await;
    tx.emit(placed(1)).await.unwrap();
    assert_eq!(database.claim("slow.wait", 9).await, []);
    tx.commit().await.unwrap();
    let workers = shop.work();
    assert_eq!(shop.next().await, "slow 1");
    shop.drained().await;
    stop(workers).await;
}

/// While the call that is under way continues.
async fn a_shutdown_hands_back_at_once_what_has_not_begun<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let mut old = Shop::open(database, subscribers![slow]).await;
    let workers = old.work();
    // From then on it claims more than one: it knows that a call is short.
    old.place([placed(0)]).await;
    assert_eq!(old.next().await, "slow 0");
    old.drained().await;
    old.faults.waiting.notified().await;

    let locked = old.faults.gate.clone().lock_owned().await;
    old.place((1..=5).map(placed)).await;
    old.faults.waiting.notified().await;
    let stats = old.store.stats().await.unwrap();
    assert_eq!((stats[0].in_flight, stats[0].depth), (5, 5));

    let mut new = Shop::open(database, subscribers![slow]).await;
    let (shutdown, _) = tokio::join!(workers.shutdown(Duration::from_secs(60)), async {
        let other = new.work();
        let mut received = new.next_n(4).await;
        received.sort();
        assert_eq!(received, ["slow 2", "slow 3", "slow 4", "slow 5"]);
        drop(locked);
        stop(other).await;
    });
    assert!(shutdown);
    assert_eq!(old.next().await, "slow 1");
    assert!(old.is_silent() && new.is_silent());
    assert_eq!(new.store.stats().await.unwrap()[0].depth, 0);
}

async fn a_rolling_restart_loses_and_repeats_nothing<DB: FaultEngine>(database: &Database<DB>) {
    const EVENTS: u64 = 60;
    let entries = "SELECT count(*) FROM entry";
    let mut emitter = Shop::open(database, DB::book_and_confirm()).await;
    let mut running = Vec::new();
    let mut received = Vec::new();
    let emits = async {
        for order in 0..EVENTS {
            let customer = ["ada", "bob", "eve"][order as usize % 3];
            emitter.place([placed_by(order, customer)]).await;
        }
    };
    let restarts = async {
        for round in 0..6 {
            let node = Shop::open(database, DB::book_and_confirm()).await;
            let workers = node.store.worker().concurrency(2);
            let workers = workers.poll_interval(Duration::from_millis(20));
            running.push((workers.spawn_tokio(), node));
            if running.len() > 2 {
                let (workers, mut node) = running.remove(0);
                stop(workers).await;
                received.extend(node.take());
            }
            while database.numbers(entries).await[0] < round * 8 {
                tokio::task::yield_now().await;
            }
        }
    };
    tokio::join!(emits, restarts);
    emitter.drained().await;
    for (workers, mut node) in running {
        stop(workers).await;
        received.extend(node.take());
    }
    assert!(emitter.is_silent());
    // That which wrote in the transaction, and that which did not: all had time to end.
    let orders = database.numbers("SELECT number FROM entry").await;
    let mut sorted = orders.clone();
    sorted.sort_unstable();
    assert!(sorted.into_iter().eq(0..EVENTS.cast_signed()), "{orders:?}");
    received.retain(|text| text.starts_with("confirm"));
    received.sort();
    received.dedup();
    assert_eq!(received.len() as u64, EVENTS, "{received:?}");
    assert!(
        received.iter().all(|text| text.contains("(1 of")),
        "{received:?}"
    );
}

async fn of_ten_in_one_transaction_none_is_repeated_after_a_restart<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, DB::book()).await;
    shop.place((0..10).map(|order| placed_by(order, &order.to_string())))
        .await;
    let workers = shop.work();
    shop.next_n(4).await;
    drop(workers); // without handing anything back
    database.let_time_pass().await;
    let workers = shop.work();
    shop.drained().await;
    stop(workers).await;
    let mut orders = database.numbers("SELECT number FROM entry").await;
    orders.sort_unstable();
    assert!(orders.iter().copied().eq(0..10), "{orders:?}");
}

async fn a_shutdown_may_have_any_time<DB: FaultEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![slow]).await;
    let workers = shop.work();
    shop.place([placed(1)]).await;
    assert_eq!(shop.next().await, "slow 1");
    shop.drained().await;
    assert!(workers.shutdown(Duration::MAX).await);
}

async fn a_shutdown_ends_although_the_database_does_not_answer<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, subscribers![slow]).await;
    let workers = shop.work();
    shop.place([placed(0)]).await;
    assert_eq!(shop.next().await, "slow 0");
    shop.drained().await;
    shop.faults.waiting.notified().await;
    let locked = shop.faults.gate.clone().lock_owned().await;
    shop.place((1..=5).map(placed)).await;
    shop.faults.waiting.notified().await;

    let mut other = database.pool.begin_with(DB::BEGIN).await.unwrap();
    DB::run_on(&mut other, DB::LOCK).await;
    let shutdown = timeout(Duration::from_secs(30), workers.shutdown(Duration::ZERO)).await;
    assert!(!shutdown.expect("it ends"));
    other.rollback().await.unwrap();
    drop(locked);
    // What could not be handed back is taken over when the lease ends.
    database.let_time_pass().await;
    let workers = shop.work();
    shop.drained().await;
    stop(workers).await;
    let mut received = shop.take();
    received.sort();
    received.dedup();
    assert_eq!(received.len(), 5, "{received:?}");
}
