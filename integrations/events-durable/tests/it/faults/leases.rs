//! Leases that are lost, and deliveries that nothing would find.

use std::time::Duration;

use events_core::{State, subscriber, subscribers};
use events_sqlx::Tx;
use sqlx::Sqlite;
use tokio::time::timeout;

use super::{
    database::on_all,
    engine::{FaultEngine, attempted},
};
use crate::{
    database::{Database, TestEngine, on_both},
    log::Log,
    shop::{Faults, Journal, Placed, Shop, confirm, note, placed, slow, slow_once, stop},
};

on_both! {
    a_program_that_lost_its_lease_marks_nothing;
    a_failure_after_the_lease_was_lost_counts_for_nothing;
    what_was_lost_too_often_is_dead_also_under_load;
    a_crash_costs_only_what_was_begun_its_single_attempt;
    a_dead_one_of_a_key_is_reported_and_the_key_continues_when_it_is_discarded;
    a_slow_transaction_keeps_the_leases_of_those_behind_it;
    what_an_outage_interrupts_is_handed_back_after_it;
}

async fn a_program_that_lost_its_lease_marks_nothing<DB: FaultEngine>(database: &Database<DB>) {
    let mut one = Shop::open(database, subscribers![slow]).await;
    let mut two = Shop::open(database, subscribers![slow]).await;
    let of_one = one.faults.gate.clone().lock_owned().await;
    let of_two = two.faults.gate.clone().lock_owned().await;
    one.place([placed(1)]).await;
    let first = one.work();
    one.faults.waiting.notified().await;
    database.let_time_pass().await;
    let second = two.work();
    two.faults.waiting.notified().await;
    drop(of_one);
    assert_eq!(one.next().await, "slow 1");
    stop(first).await;
    // It is the other one's still.
    let held = "SELECT count(*) FROM ev_delivery WHERE state = 3 AND lost = 1";
    assert_eq!(database.numbers(held).await, [1]);
    drop(of_two);
    assert_eq!(two.next().await, "slow 1");
    two.drained().await;
    stop(second).await;
    assert!(one.is_silent() && two.is_silent());
}

async fn a_failure_after_the_lease_was_lost_counts_for_nothing<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.place([placed(1)]).await;
    let claim = database.claim_one("mail.confirm").await;
    database.let_time_pass().await;
    let later = database.claim_one("mail.confirm").await;
    let next = events_durable::testing::Next::After(Duration::ZERO);
    let failed = database.failed(&claim, next).await;
    assert_eq!(failed, events_durable::testing::Failed::Void);
    assert_eq!(database.hand_back(&[claim]).await, 0);
    assert_eq!(database.hand_back(&[later]).await, 1);
    let workers = shop.work();
    shop.next().await;
    shop.drained().await;
    stop(workers).await;
}

/// The workers never idle meanwhile.
async fn what_was_lost_too_often_is_dead_also_under_load<DB: FaultEngine>(database: &Database<DB>) {
    let mut shop = Shop::open(database, subscribers![confirm]).await;
    shop.place([placed(0)]).await;
    // Each of its attempts was lost.
    for _ in 0..3 {
        database.claim_one("mail.confirm").await;
        database.let_time_pass().await;
    }
    shop.place((1..200).map(placed)).await;
    let workers = shop
        .store
        .worker()
        .claim_size(1)
        .poll_interval(Duration::from_millis(1))
        .spawn_tokio();
    let mut received = 0;
    while shop
        .store
        .dead("mail.confirm")
        .list(1)
        .await
        .unwrap()
        .is_empty()
    {
        assert!(
            received < 190,
            "it is dead when there is nothing else to do"
        );
        shop.next().await;
        received += 1;
    }
    stop(workers).await;
    let letters = shop.store.dead("mail.confirm").list(9).await.unwrap();
    assert_eq!(
        (letters.len(), letters[0].failed, letters[0].lost),
        (1, 0, 3)
    );
}

async fn a_crash_costs_only_what_was_begun_its_single_attempt<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, subscribers![slow_once]).await;
    let workers = shop.work();
    // From then on it is known that a call is short.
    shop.place([placed(0)]).await;
    assert_eq!(shop.next().await, "once 0");
    shop.drained().await;
    shop.faults.waiting.notified().await;

    let locked = shop.faults.gate.clone().lock_owned().await;
    shop.place((1..=5).map(placed)).await;
    shop.faults.waiting.notified().await;
    let stats = shop.store.stats().await.unwrap();
    assert_eq!((stats[0].in_flight, stats[0].depth), (1, 5));
    drop(workers); // without handing anything back
    drop(locked);
    database.let_time_pass().await;

    let workers = shop.work();
    let received = shop.next_n(4).await;
    assert_eq!(received, ["once 2", "once 3", "once 4", "once 5"]);
    shop.drained().await;
    stop(workers).await;
    let dead = shop.store.dead("slow.once").list(9).await.unwrap();
    assert_eq!((dead.len(), dead[0].lost), (1, 1));
    assert!(shop.is_silent());
}

async fn a_dead_one_of_a_key_is_reported_and_the_key_continues_when_it_is_discarded<
    DB: FaultEngine,
>(
    database: &Database<DB>,
) {
    let mut shop = Shop::open(database, DB::book()).await;
    shop.place([placed(1), placed(2)]).await;
    for _ in 0..3 {
        database.claim_one(DB::BOOK).await;
        database.let_time_pass().await;
    }
    let workers = shop.work();
    let dead = shop.store.dead(DB::BOOK);
    while dead.list(1).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    let stats = shop.store.stats().await.unwrap();
    let stats = stats.iter().find(|one| one.subscriber == DB::BOOK).unwrap();
    assert_eq!((stats.dead, stats.depth, stats.in_flight), (1, 1, 0));
    assert_eq!(dead.discard().await.unwrap(), 1);
    assert_eq!(shop.next().await, "book 2");
    shop.drained().await;
    stop(workers).await;
}

/// A quarter of it is long enough for a first call on a machine with much to do: after a longer one, each would be claimed alone.
const LEASE: Duration = Duration::from_secs(2);

/// Two programs. The first one has claimed several, of which the first is under way for longer than the lease. None may be lost: each
/// is received in its first attempt.
async fn a_slow_transaction_keeps_the_leases_of_those_behind_it<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let mut one = Shop::open(database, DB::slow_with_tx()).await;
    let mut two = Shop::open(database, DB::slow_with_tx()).await;
    let worker = |shop: &Shop<DB>| {
        let worker = shop.store.worker().lease(LEASE);
        worker
            .poll_interval(Duration::from_millis(20))
            .spawn_tokio()
    };
    let first = worker(&one);
    // From then on it claims more than one: it knows that a call is short.
    one.place([placed(0)]).await;
    assert_eq!(one.next().await, "slow 0 (1)");
    one.drained().await;
    one.faults.waiting.notified().await;
    let locked = one.faults.gate.clone().lock_owned().await;
    one.place((1..=5).map(placed)).await;
    one.faults.waiting.notified().await;
    let second = worker(&two);
    let ends = "SELECT max(due) FROM ev_delivery";
    let ends_at_first = database.numbers(ends).await[0];
    let lost = "SELECT count(*) FROM ev_delivery WHERE lost > 0";
    // Extended, or lost. On SQLite, where no one writes meanwhile, ended long enough for the other program to wait for the lock.
    loop {
        let is_over = DB::now(&database.pool).await > ends_at_first + 200;
        if database.numbers(ends).await[0] > ends_at_first
            || database.numbers(lost).await[0] > 0
            || (DB::HAS_ONE_WRITER && is_over)
        {
            break;
        }
        tokio::task::yield_now().await;
    }
    drop(locked);
    one.drained().await;
    stop(first).await;
    stop(second).await;
    let mut heard = one.take();
    heard.extend(two.take());
    heard.sort();
    let expected: Vec<_> = (1..=5).map(|order| format!("slow {order} (1)")).collect();
    assert_eq!(heard, expected);
}

/// A database that can only be read stands for it.
async fn what_an_outage_interrupts_is_handed_back_after_it<DB: FaultEngine>(
    database: &Database<DB>,
) {
    let (log, _guard) = Log::start();
    let mut shop = Shop::open(database, subscribers![attempted]).await;
    shop.place([placed(1)]).await;
    let locked = shop.faults.gate.clone().lock_owned().await;
    let workers = shop.work();
    shop.faults.waiting.notified().await;
    let (read_only, writable) = DB::READ_ONLY;
    on_all(database, read_only).await;
    drop(locked);
    assert_eq!(shop.next().await, "attempted 1 (1)");
    log.wait_for("the workers cannot use the database").await;
    on_all(database, writable).await;
    // The same attempt, and long before the lease ends.
    let again = timeout(Duration::from_secs(20), shop.next()).await;
    assert_eq!(again.unwrap(), "attempted 1 (1)");
    shop.drained().await;
    stop(workers).await;
}

/// Notes the last end of a lease as it is at the commit.
#[subscriber(durable = "slow.measured")]
async fn measured(
    _: &Placed,
    tx: Tx<'_, Sqlite>,
    journal: State<'_, Journal>,
    faults: State<'_, Faults>,
) {
    let journal = Journal::clone(&journal);
    tx.before_commit(move |mut tx| {
        Box::pin(async move {
            let last = sqlx::query_scalar("SELECT coalesce(max(due), 0) FROM ev_delivery");
            let last: i64 = last.fetch_one(tx.conn()).await?;
            note(&journal, last.to_string());
            Ok(())
        })
    });
    faults.waiting.notify_one();
    let _open = faults.gate.lock().await;
}

/// No other program can take them over before the commit, and any could behind it.
#[tokio::test]
async fn a_slow_transaction_of_sqlite_extends_the_leases_in_it() {
    let database = Sqlite::create().await.unwrap();
    let mut shop = Shop::open(&database, subscribers![measured]).await;
    let worker = shop.store.worker().lease(LEASE);
    let workers = worker.spawn_tokio();
    shop.place([placed(0)]).await;
    assert_eq!(shop.next().await, "0");
    shop.drained().await;
    shop.faults.waiting.notified().await;
    let locked = shop.faults.gate.clone().lock_owned().await;
    shop.place((1..=3).map(placed)).await;
    shop.faults.waiting.notified().await;
    let end = database.numbers("SELECT max(due) FROM ev_delivery").await[0];
    while Sqlite::now(&database.pool).await <= end {
        tokio::task::yield_now().await;
    }
    drop(locked);
    let at_commit: i64 = shop.next().await.parse().unwrap();
    assert!(at_commit > end, "{at_commit} {end}");
    shop.drained().await;
    stop(workers).await;
}
