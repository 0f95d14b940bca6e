//! The order of the events of a key.

use events_durable::testing::{Claim, Done, Failed, Next, Replay, WhenDead};

use crate::database::{Database, LEASE, MOST, TestEngine, event, ids, on_both};

on_both! {
    the_events_of_a_key_are_claimed_one_at_a_time;
    the_order_of_a_key_spans_topics;
    a_batch_makes_the_first_of_each_key_ready;
    a_subscriber_without_per_key_does_not_wait;
    an_attempt_that_is_repeated_keeps_its_place;
    a_dead_delivery_blocks_its_key_or_is_passed_over;
    a_lost_delivery_keeps_its_key;
    the_sweep_finds_what_no_step_made_ready;
    a_replay_waits_for_what_is_held;
}

/// The number of the deliveries that wait, and of those that are ready.
async fn states<DB: TestEngine>(database: &Database<DB>) -> [i64; 2] {
    let all = database
        .numbers("SELECT CAST(state AS BIGINT) FROM ev_delivery")
        .await;
    [0, 1].map(|state| i64::try_from(all.iter().filter(|one| **one == state).count()).unwrap())
}

async fn the_events_of_a_key_are_claimed_one_at_a_time<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", true)]).await;
    let all = [
        ("a1", Some("a")),
        ("a2", Some("a")),
        ("b1", Some("b")),
        ("none", None),
        ("a3", Some("a")),
    ];
    database.store_each(&all).await;
    assert_eq!(states(database).await, [2, 3]);
    let first = database.claim("s", 10).await;
    assert_eq!(ids(&first), ["a1", "b1", "none"]);
    assert!(database.claim("s", 10).await.is_empty());
    for claim in &first {
        assert_eq!(database.done(claim).await, Done::Done);
    }
    assert_eq!(ids(&database.claim("s", 10).await), ["a2"]);
}

/// Trap 15.
async fn the_order_of_a_key_spans_topics<DB: TestEngine>(database: &Database<DB>) {
    database
        .with_routes(&[("placed", "s", true), ("paid", "s", true)])
        .await;
    database.store(&[event("1", "placed", Some("order"))]).await;
    database.store(&[event("2", "paid", Some("order"))]).await;
    let placed = database.claim_one("s").await;
    assert_eq!(placed.event.topic, "placed");
    assert!(database.claim("s", 10).await.is_empty());
    let _ = database.done(&placed).await;
    assert_eq!(database.drain("s").await, ["2"]);
}

async fn a_batch_makes_the_first_of_each_key_ready<DB: TestEngine>(database: &Database<DB>) {
    database
        .with_routes(&[("t", "s", true), ("t", "r", true)])
        .await;
    let key = |id: &str, key| event(id, "t", key);
    let batch = [
        key("a1", Some("a")),
        key("b1", Some("b")),
        key("a2", Some("a")),
        key("n", None),
    ];
    database.store(&batch).await;
    assert_eq!(states(database).await, [2, 6]);
    database
        .store(&[
            key("a3", Some("a")),
            key("c1", Some("c")),
            key("c2", Some("c")),
        ])
        .await;
    assert_eq!(states(database).await, [6, 8]);
    assert_eq!(
        database.drain("r").await,
        ["a1", "b1", "n", "c1", "a2", "c2", "a3"]
    );
}

async fn a_subscriber_without_per_key_does_not_wait<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    database
        .store_each(&[("1", Some("k")), ("2", Some("k"))])
        .await;
    assert_eq!(ids(&database.claim("s", 10).await), ["1", "2"]);
}

async fn an_attempt_that_is_repeated_keeps_its_place<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", true)]).await;
    database
        .store_each(&[("1", Some("k")), ("2", Some("k"))])
        .await;
    let claim = database.claim_one("s").await;
    let _ = database.failed(&claim, Next::After(LEASE)).await;
    assert!(database.claim("s", 10).await.is_empty());
    database.let_time_pass().await;
    let claim = database.claim_one("s").await;
    assert_eq!(claim.event.id, "1");
    database.hand_back(&[claim]).await;
    assert_eq!(database.drain("s").await, ["1", "2"]);
}

async fn a_dead_delivery_blocks_its_key_or_is_passed_over<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", true)]).await;
    let all = [("1", Some("k")), ("2", Some("k")), ("3", Some("k"))];
    database.store_each(&all).await;
    let kill = async |claim: &Claim, when_dead| {
        let failed = database.failed(claim, Next::Dead(when_dead)).await;
        assert_eq!(failed, Failed::Noted);
    };
    kill(&database.claim_one("s").await, WhenDead::Block).await;
    assert!(database.claim("s", 10).await.is_empty());
    // Once it is tried again, it is the first one.
    assert_eq!(DB::dead_retry(&database.pool, "s", None).await, Ok(1));
    let claim = database.claim_one("s").await;
    assert_eq!((claim.event.id.as_str(), claim.attempt), ("1", 1));
    kill(&claim, WhenDead::PassOver).await;
    let second = database.claim_one("s").await;
    assert_eq!(second.event.id, "2");
    // Tried again while another one is held, it waits for that.
    assert_eq!(DB::dead_retry(&database.pool, "s", None).await, Ok(1));
    assert!(database.claim("s", 10).await.is_empty());
    assert_ne!(database.done(&second).await, Done::Void);
    let first = database.claim_one("s").await;
    assert_eq!(first.event.id, "1");
    kill(&first, WhenDead::Block).await;
    let seqs = [first.event.seq];
    assert_eq!(
        DB::dead_discard(&database.pool, "s", Some(&seqs)).await,
        Ok(1)
    );
    assert_eq!(database.drain("s").await, ["3"]);
}

async fn a_lost_delivery_keeps_its_key<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", true)]).await;
    database
        .store_each(&[("1", Some("k")), ("2", Some("k"))])
        .await;
    for attempt in 1..=3 {
        let claim = database.claim_one("s").await;
        assert_eq!((claim.event.id.as_str(), claim.attempt), ("1", attempt));
        database.let_time_pass().await;
    }
    let buried = DB::bury_lost(&database.pool, "s", MOST, WhenDead::PassOver).await;
    assert_eq!(buried, Ok(1));
    assert_eq!(database.drain("s").await, ["2"]);
}

/// Trap 7: the step that was to make the next one ready did not run.
async fn the_sweep_finds_what_no_step_made_ready<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", true)]).await;
    let all = [
        ("a1", Some("a")),
        ("a2", Some("a")),
        ("b1", Some("b")),
        ("b2", Some("b")),
    ];
    database.store_each(&all).await;
    assert_eq!(DB::sweep(&database.pool, "s").await, Ok(0));
    DB::run(
        &database.pool,
        "DELETE FROM ev_delivery WHERE seq IN (SELECT seq FROM ev_event WHERE id IN ('a1', 'b1'))",
    )
    .await;
    assert!(database.claim("s", 10).await.is_empty());
    assert_eq!(DB::sweep(&database.pool, "s").await, Ok(2));
    assert_eq!(ids(&database.claim("s", 10).await), ["a2", "b2"]);
}

async fn a_replay_waits_for_what_is_held<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", true)]).await;
    let all = [("1", Some("k")), ("2", Some("k")), ("3", Some("k"))];
    database.store_each(&all).await;
    let first = database.claim_one("s").await;
    let _ = database.done(&first).await;
    let second = database.claim_one("s").await;
    // The one that is held, and the one that waits, are as they were.
    assert_eq!(
        DB::replay(&database.pool, "s", &Replay::default()).await,
        Ok(1)
    );
    assert!(database.claim("s", 10).await.is_empty());
    assert_eq!(database.done(&second).await, Done::Done);
    assert_eq!(database.drain("s").await, ["1", "3"]);
}
