//! Transactions at once.

use std::{
    collections::BTreeSet,
    future::Future,
    pin::pin,
    task::{Context, Poll, Waker},
    time::Duration,
};

use events_durable::testing::{
    Deliver, Done, Engine, Insert, Listener, Next, Operate, Replay, Wake, WhenDead,
};
use sqlx::Postgres;
use tokio::{join, spawn, task::JoinHandle};

use crate::database::{Database, LEASE, MOST, TestEngine, event, ids, on_both};

on_both! {
    keys_in_opposite_orders_do_not_deadlock;
    claims_at_once_are_disjoint;
    every_key_is_drained_in_order_with_inserts_and_workers_at_once;
}

/// Trap 16.
async fn keys_in_opposite_orders_do_not_deadlock<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", true)]).await;
    let write = async |name: &str, keys: [&str; 2]| {
        for number in 0..500 {
            let events = keys.map(|key| event(&format!("{name} {number} {key}"), "t", Some(key)));
            database.store(&events).await;
        }
    };
    join!(write("one", ["a", "b"]), write("two", ["b", "a"]));
    assert_eq!(
        database
            .numbers("SELECT CAST(count(*) AS BIGINT) FROM ev_event")
            .await,
        [2000]
    );
}

/// Trap 6.
async fn claims_at_once_are_disjoint<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    let events: Vec<_> = (0..200)
        .map(|number| event(&number.to_string(), "t", None))
        .collect();
    database.store(&events).await;
    let mut all = BTreeSet::new();
    for _ in 0..10 {
        let claim = || database.claim("s", 5);
        let (a, b, c, d) = join!(claim(), claim(), claim(), claim());
        for claims in [a, b, c, d] {
            assert!(claims.len() <= 5, "{}", claims.len());
            for claim in claims {
                assert!(all.insert(claim.event.seq), "{claim:?} twice");
            }
        }
    }
    assert!(all.len() >= 50, "{}", all.len());
}

/// Traps 7 and 8.
async fn every_key_is_drained_in_order_with_inserts_and_workers_at_once<DB: TestEngine>(
    database: &Database<DB>,
) {
    database.with_routes(&[("t", "s", true)]).await;
    let total = 120;
    let write = async |writer: usize| {
        for number in 0..total / 2 {
            let key = ["a", "b", "c"][number % 3];
            database
                .store(&[event(&format!("{writer}-{number}"), "t", Some(key))])
                .await;
        }
    };
    let journal = std::sync::Mutex::new(Vec::new());
    let work = async || {
        while journal.lock().unwrap().len() < total {
            for claim in database.claim("s", 4).await {
                let entry = (claim.event.key.clone().unwrap(), claim.event.seq);
                journal.lock().unwrap().push(entry);
                match database.done(&claim).await {
                    Done::Void => panic!("{claim:?} was claimed twice"),
                    Done::Unpromoted => drop(DB::promote(&database.pool, &claim).await.unwrap()),
                    Done::Done => {}
                }
            }
            tokio::task::yield_now().await;
        }
    };
    join!(write(1), write(2), work(), work());
    let journal = journal.into_inner().unwrap();
    for key in ["a", "b", "c"] {
        let seqs: Vec<_> = journal
            .iter()
            .filter(|(of, _)| of == key)
            .map(|(_, seq)| *seq)
            .collect();
        assert!(seqs.is_sorted(), "{key}: {seqs:?}");
    }
}

/// The database of a test of PostgreSQL alone, with these routes.
async fn postgres(routes: &[(&str, &str, bool)]) -> Option<Database<Postgres>> {
    let database = Postgres::create().await?;
    database.with_routes(routes).await;
    Some(database)
}

fn poll_once<F: Future>(future: std::pin::Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// Returns when a statement of the store waits for a lock, or the task that is to wait has ended.
async fn until_one_waits(database: &Database<Postgres>, task: &JoinHandle<()>) {
    let waiting = "SELECT count(*) FROM pg_locks l WHERE NOT l.granted AND l.pid IN (SELECT a.pid FROM pg_stat_activity a)
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND EXISTS (SELECT FROM pg_stat_activity a WHERE a.pid = l.pid AND a.query LIKE '%ev\\_%')";
    while !task.is_finished() && database.numbers(waiting).await == [0] {
        tokio::task::yield_now().await;
    }
}

/// Trap 1.
#[tokio::test]
async fn commits_in_reverse_lose_nothing() {
    let Some(database) = postgres(&[("t", "s", false)]).await else {
        return;
    };
    let (mut one, mut two) = (
        database.pool.begin().await.unwrap(),
        database.pool.begin().await.unwrap(),
    );
    Postgres::insert(&mut one, &[event("1", "t", None)])
        .await
        .unwrap();
    Postgres::insert(&mut two, &[event("2", "t", None)])
        .await
        .unwrap();
    two.commit().await.unwrap();
    assert_eq!(database.drain("s").await, ["2"]);
    one.commit().await.unwrap();
    assert_eq!(database.drain("s").await, ["1"]);
}

/// Trap 8: the number of an event is drawn when the transaction before has committed, also for another topic.
#[tokio::test]
async fn the_number_of_an_event_is_drawn_under_the_lock_of_its_key() {
    let Some(database) = postgres(&[("t", "s", true), ("u", "s", true)]).await else {
        return;
    };
    let mut one = database.pool.begin().await.unwrap();
    Postgres::insert(&mut one, &[event("1", "t", Some("k"))])
        .await
        .unwrap();
    let pool = database.pool.clone();
    let two = spawn(async move {
        let mut two = pool.begin().await.unwrap();
        Postgres::insert(&mut two, &[event("2", "u", Some("k"))])
            .await
            .unwrap();
        two.commit().await.unwrap();
    });
    until_one_waits(&database, &two).await;
    one.commit().await.unwrap();
    two.await.unwrap();
    // The second one has seen the first: one statement takes the lock, and the next one reads.
    assert_eq!(
        database
            .numbers("SELECT state::bigint FROM ev_delivery ORDER BY seq")
            .await,
        [1, 0]
    );
    assert_eq!(database.drain("s").await, ["1", "2"]);
}

#[tokio::test]
async fn done_does_not_wait_for_an_insert_of_its_key() {
    let Some(database) = postgres(&[("t", "s", true)]).await else {
        return;
    };
    database.store_each(&[("1", Some("k"))]).await;
    let claim = database.claim_one("s").await;
    let mut insert = database.pool.begin().await.unwrap();
    Postgres::insert(&mut insert, &[event("2", "t", Some("k"))])
        .await
        .unwrap();
    assert_eq!(database.done(&claim).await, Done::Unpromoted);
    let mut promote = pin!(Postgres::promote(&database.pool, &claim));
    assert!(poll_once(promote.as_mut()).is_pending());
    insert.commit().await.unwrap();
    assert_eq!(promote.await, Ok(true));
    assert_eq!(database.drain("s").await, ["2"]);
}

#[tokio::test]
async fn an_insert_with_an_older_snapshot_keeps_the_order() {
    let Some(database) = postgres(&[("t", "s", true)]).await else {
        return;
    };
    for isolation in ["REPEATABLE READ", "SERIALIZABLE"] {
        let begin = format!("BEGIN ISOLATION LEVEL {isolation}");
        let mut old = database
            .pool
            .begin_with(sqlx::AssertSqlSafe(begin))
            .await
            .unwrap();
        sqlx::query("SELECT count(*) FROM ev_delivery")
            .execute(&mut *old)
            .await
            .unwrap();
        database
            .store_each(&[(&format!("first {isolation}"), Some("k"))])
            .await;
        let second = format!("second {isolation}");
        Postgres::insert(&mut old, &[event(&second, "t", Some("k"))])
            .await
            .unwrap();
        old.commit().await.unwrap();
        let first = database.claim_one("s").await;
        assert_eq!(first.event.id, format!("first {isolation}"));
        // The handler has a snapshot of its own.
        let begin = format!("BEGIN ISOLATION LEVEL {isolation}");
        let mut tx = database
            .pool
            .begin_with(sqlx::AssertSqlSafe(begin))
            .await
            .unwrap();
        assert_eq!(Postgres::hold(&mut *tx, &first).await, Ok(true));
        assert_eq!(Postgres::done(&mut *tx, &first).await, Ok(Done::Unpromoted));
        tx.commit().await.unwrap();
        assert_eq!(database.drain("s").await, [second]);
    } // What the snapshot shows may be done by the time of the insert; then no later step would make the second one ready.
    database.store_each(&[("done", Some("k"))]).await;
    let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ";
    let mut old = database.pool.begin_with(begin).await.unwrap();
    sqlx::query("SELECT count(*) FROM ev_delivery")
        .execute(&mut *old)
        .await
        .unwrap();
    assert_eq!(database.drain("s").await, ["done"]);
    Postgres::insert(&mut old, &[event("after", "t", Some("k"))])
        .await
        .unwrap();
    old.commit().await.unwrap();
    assert_eq!(database.drain("s").await, ["after"]);
}

/// Trap 9: the lock of the row is the heartbeat.
#[tokio::test]
async fn what_a_transaction_holds_is_not_claimed_after_its_lease() {
    let Some(database) = postgres(&[("t", "s", false)]).await else {
        return;
    };
    database.store_each(&[("1", None)]).await;
    let claim = Postgres::claim(&database.pool, "s", 1, Duration::ZERO, 1)
        .await
        .unwrap()
        .remove(0);
    let mut tx = database.pool.begin().await.unwrap();
    assert_eq!(Postgres::hold(&mut *tx, &claim).await, Ok(true));
    assert_eq!(
        ids(&Postgres::claim(&database.pool, "s", 1, LEASE, MOST)
            .await
            .unwrap()),
        [""; 0]
    );
    assert_eq!(
        Postgres::bury_lost(&database.pool, "s", 1, WhenDead::Block).await,
        Ok(0)
    );
    assert_eq!(Postgres::done(&mut *tx, &claim).await, Ok(Done::Done));
    tx.commit().await.unwrap();
    assert!(database.claim("s", 1).await.is_empty());
}

/// A replay that has added its deliveries, and has not ended, holds the lock.
#[tokio::test]
async fn a_replay_keeps_purges_away_until_it_ends() {
    let Some(database) = postgres(&[("t", "s", false)]).await else {
        return;
    };
    database.store_each(&[("1", None), ("2", None)]).await;
    database.drain("s").await;
    let mut lock = database.pool.begin().await.unwrap();
    sqlx::query("LOCK TABLE ev_kept IN SHARE MODE")
        .execute(&mut *lock)
        .await
        .unwrap();
    let (pool, all) = (database.pool.clone(), Replay::default());
    let replay = spawn(async move { Postgres::replay(&pool, "s", &all).await });
    let waits =
        "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'ev_kept'::regclass";
    while database.numbers(waits).await == [0] {
        tokio::task::yield_now().await;
    }
    let purge = Postgres::purge(&database.pool, Duration::ZERO, 10);
    let purge = tokio::time::timeout(Duration::from_secs(60), purge).await;
    assert_eq!(purge, Ok(Ok(0)), "it waits for nothing");
    lock.rollback().await.unwrap();
    assert_eq!(replay.await.unwrap(), Ok(2));
    database.drain("s").await;
    let purge = Postgres::purge(&database.pool, Duration::ZERO, 10).await;
    assert_eq!(purge, Ok(1));
}

/// Each in a schema of its own.
#[tokio::test]
async fn stores_of_one_database_do_not_lock_each_other() {
    let route = [("t", "s", true)];
    let (Some(one), Some(other)) = (postgres(&route).await, postgres(&route).await) else {
        return;
    };
    one.store_each(&[("1", Some("k")), ("2", Some("k"))]).await;
    let first = one.claim_one("s").await;
    let mut tx = other.pool.begin().await.unwrap();
    Postgres::insert(&mut tx, &[event("1", "t", Some("k"))])
        .await
        .unwrap();
    assert_eq!(one.done(&first).await, Done::Done);
    assert_eq!(one.claim_one("s").await.event.id, "2");
    tx.rollback().await.unwrap();
}

/// Trap 5.
#[tokio::test]
async fn a_listener_is_woken_also_when_its_connection_was_lost() {
    let Some(database) = postgres(&[]).await else {
        return;
    };
    let mut listener = Postgres::listen(&database.pool).await.unwrap().unwrap();
    Postgres::notify(&database.pool).await.unwrap();
    assert_eq!(listener.notified().await, Ok(()));
    let ended = database
        .numbers(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE query LIKE 'LISTEN%' AND pid <> pg_backend_pid()",
        )
        .await;
    assert_ne!(ended, [0]);
    assert_eq!(listener.notified().await, Ok(()));
    Postgres::notify(&database.pool).await.unwrap();
    assert_eq!(listener.notified().await, Ok(()));
}

#[tokio::test]
async fn a_serialization_failure_is_known() {
    let Some(database) = postgres(&[("t", "s", false)]).await else {
        return;
    };
    database.store_each(&[("1", None)]).await;
    let claim = database.claim_one("s").await;
    let mut tx = database
        .pool
        .begin_with("BEGIN ISOLATION LEVEL REPEATABLE READ")
        .await
        .unwrap();
    sqlx::query("SELECT 1").execute(&mut *tx).await.unwrap();
    sqlx::query("SELECT count(*) FROM ev_delivery")
        .execute(&mut *tx)
        .await
        .unwrap();
    Postgres::extend(&database.pool, &[&claim], LEASE)
        .await
        .unwrap();
    let error = Postgres::hold(&mut *tx, &claim).await.unwrap_err();
    assert!(error.is_serialization() && error.is_transient(), "{error}");
    tx.rollback().await.unwrap();
    let _ = database.failed(&claim, Next::Dead(WhenDead::Block)).await;
    assert_eq!(Postgres::BEGIN, "BEGIN");
    assert_eq!(
        Postgres::dead_list(&database.pool, "s", None, 1)
            .await
            .unwrap()
            .len(),
        1
    );
}

/// Locks are those of the database, which may have the tables of several programs.
#[tokio::test]
async fn tables_of_another_schema_do_not_wait_for_these() {
    let routes = [("t", "s", true)];
    let (Some(one), Some(two)) = (postgres(&routes).await, postgres(&routes).await) else {
        return;
    };
    let mut open = one.pool.begin().await.unwrap();
    Postgres::insert(&mut open, &[event("1", "t", Some("k"))])
        .await
        .unwrap();
    let store = two.store_each(&[("1", Some("k")), ("2", Some("k"))]);
    let stored = tokio::time::timeout(Duration::from_secs(30), store).await;
    stored.expect("it does not wait");
    let claim = two.claim_one("s").await;
    assert_eq!(two.done(&claim).await, Done::Done);
    open.rollback().await.unwrap();
}
