//! Futures that are dropped at each of their awaits: what is committed is delivered, and nothing else.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
    time::{Duration, SystemTime},
};

use events_durable::{Durable, EmitAt, testing::work_alone};

use super::engine::FaultEngine;
use crate::{
    database::{Database, LEASE, MOST, on_both},
    shop::{Shop, placed_by, stop},
};

on_both! {
    an_emit_that_is_cut_off_is_stored_if_it_is_committed;
    a_worker_that_is_cut_off_repeats_nothing_that_it_committed;
    what_an_operator_cuts_off_leaves_no_transaction_open;
    a_claim_or_sweep_that_is_cut_off_leaves_no_transaction_open;
    a_register_that_is_cut_off_leaves_what_was_registered;
}

/// Polls a future this many times, and then drops it; `None` if it is not ready by then.
async fn cut_off_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut polled = 0;
    poll_fn(|context| {
        if polled == polls {
            return Poll::Ready(None);
        }
        polled += 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}

/// What was cut off has given its connection back, without a transaction on it.
async fn settled<DB: FaultEngine>(database: &Database<DB>) {
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(database.pool.acquire().await.unwrap());
    }
    for conn in &mut all {
        assert!(
            DB::is_clean(conn).await,
            "a transaction is open on a connection of the pool"
        );
    }
}

/// Cuts an operation off after each of its polls.
async fn at_each_poll<DB: FaultEngine>(database: &Database<DB>, operation: impl AsyncFn()) {
    let mut polls = 0;
    while cut_off_after(polls, operation()).await.is_none() {
        settled(database).await;
        polls += 1;
    }
    assert!(polls > 0, "it was cut off nowhere");
}

async fn what_an_operator_cuts_off_leaves_no_transaction_open<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, DB::book()).await;
    shop.place([placed_by(1, "ada"), placed_by(2, "bob")]).await;
    let workers = shop.work();
    shop.drained().await;
    stop(workers).await;
    let mut open = database.pool.acquire().await.unwrap();
    DB::run_on(&mut open, "BEGIN").await;
    assert!(
        !DB::is_clean(&mut open).await,
        "the check finds an open transaction"
    );
    DB::run_on(&mut open, "ROLLBACK").await;
    drop(open);
    let store = Durable::with_pool(database.pool.clone()).retain(Duration::ZERO);
    at_each_poll(database, async || store.migrate().await.unwrap()).await;
    // Whether the BEGIN is cut off depends on when the server answers: several times.
    for _ in 0..10 {
        let pool = &database.pool;
        at_each_poll(database, async || {
            _ = DB::retire(pool, "other").await.unwrap();
        })
        .await;
        at_each_poll(database, async || _ = store.replay(DB::BOOK).await.unwrap()).await;
    }
    at_each_poll(database, async || _ = store.purge().await.unwrap()).await;
}

async fn a_claim_or_sweep_that_is_cut_off_leaves_no_transaction_open<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, DB::book()).await;
    let tx = shop.begin().await;
    let later = SystemTime::now() + Duration::from_secs(3600);
    let event = placed_by(1, "cut off");
    tx.emit_at(&shop.store, later, &event).unwrap();
    tx.commit().await.unwrap();
    let pool = &database.pool;
    // It is delayed and due: the claim gives it its place among those of its key. Then it waits for its key: the sweep does.
    for state in [6, 0] {
        let again = format!("UPDATE ev_delivery SET state = {state}, due = 0");
        let ready = "SELECT count(*) FROM ev_delivery WHERE state IN (1, 3)";
        // Whether the BEGIN is cut off depends on when the database answers: several times.
        for _ in 0..10 {
            let mut polls = 0;
            loop {
                DB::run(pool, &again).await;
                let operation = async {
                    match state {
                        6 => _ = DB::claim(pool, DB::BOOK, 1, LEASE, MOST).await.unwrap(),
                        _ => _ = DB::sweep(pool, DB::BOOK).await.unwrap(),
                    }
                };
                let is_ready = cut_off_after(polls, operation).await.is_some();
                settled(database).await;
                if is_ready {
                    break;
                }
                polls += 1;
            }
            assert!(polls > 0, "it was cut off nowhere");
            assert_eq!(database.numbers(ready).await, [1]);
        }
    }
}

async fn a_register_that_is_cut_off_leaves_what_was_registered<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, DB::book()).await;
    let mut polls = 0;
    loop {
        let register = shop.store.register(&shop.registry);
        let is_ready = cut_off_after(polls, register).await.is_some();
        settled(database).await;
        polls += 1;
        shop.place([placed_by(1, "ada")]).await;
        let stored = "SELECT count(*) FROM ev_event";
        assert_eq!(database.numbers(stored).await, [polls as i64]);
        if is_ready {
            break;
        }
    }
    assert!(polls > 1, "it was cut off nowhere");
}

async fn an_emit_that_is_cut_off_is_stored_if_it_is_committed<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let shop = Shop::open(database, DB::book()).await;
    let (mut polls, mut order) = (0, 0);
    loop {
        order += 1;
        let emit = async {
            let mut tx = shop.begin().await;
            let row = format!("INSERT INTO entry VALUES ({order})");
            DB::run_on(tx.conn(), &row).await;
            tx.emit(placed_by(order, "ada")).await.unwrap();
            tx.emit(placed_by(order, "bob")).await.unwrap();
            tx.commit().await.unwrap();
        };
        let is_ready = cut_off_after(polls, emit).await.is_some();
        settled(database).await;
        let rows = "SELECT count(*) FROM entry";
        let events = "SELECT count(*) FROM ev_event";
        let deliveries = "SELECT count(*) FROM ev_delivery";
        let committed = database.numbers(rows).await[0];
        assert_eq!(
            database.numbers(events).await,
            [2 * committed],
            "after {polls} polls"
        );
        assert_eq!(
            database.numbers(deliveries).await,
            [2 * committed],
            "after {polls} polls"
        );
        if is_ready {
            break;
        }
        polls += 1;
    }
    assert!(polls > 0, "it was cut off nowhere");
}

async fn a_worker_that_is_cut_off_repeats_nothing_that_it_committed<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, DB::book_and_confirm()).await;
    let order = assert_written_once_if_cut_off(&shop, database).await;
    let mut received: Vec<_> = shop.take();
    received.retain(|text| text.starts_with("confirm"));
    received
        .iter_mut()
        .for_each(|text| text.truncate(text.find(" (").unwrap()));
    received.sort();
    received.dedup();
    assert_eq!(received.len() as u64, order, "each at least once");
}

/// Cuts the workers off after each of their polls: what the subscriber that takes the transaction has written is there once. Returns
/// how many events that were.
pub(crate) async fn assert_written_once_if_cut_off<DB: FaultEngine>(
    shop: &Shop<DB>,
    database: &Database<DB>,
) -> u64 {
    let left = "SELECT count(*) FROM ev_delivery";
    let worker = || shop.store.worker().poll_interval(Duration::from_millis(20));
    let (mut polls, mut order) = (0, 0);
    loop {
        order += 2;
        shop.place([placed_by(order, "ada"), placed_by(order + 1, "ada")])
            .await;
        let _ = cut_off_after(polls, work_alone(worker())).await;
        settled(database).await;
        let has_ended = database.numbers(left).await == [0];
        // What it held is taken over at the end of its lease.
        database.let_time_pass().await;
        let workers = shop.work();
        shop.drained().await;
        stop(workers).await;
        let orders = database
            .numbers("SELECT number FROM entry ORDER BY number")
            .await;
        assert!(
            orders.iter().copied().eq(2..order.cast_signed() + 2),
            "after {polls} polls: {orders:?}"
        );
        if has_ended {
            break;
        }
        polls += 1;
    }
    assert!(polls > 0, "it was cut off nowhere");
    order
}
