//! What an operator does.

use std::time::Duration;

use events_durable::testing::{NewEvent, Next, Operate, Replay, Stats, WhenDead};
use sqlx::{Postgres, raw_sql};
use tokio::spawn;

use crate::database::{Database, TestEngine, event, ids, on_both};

on_both! {
    register_compares_the_program_with_the_database;
    topics_are_those_of_all_programs;
    routes_are_replaced_for_the_subscribers_of_the_program;
    dead_deliveries_are_listed_retried_and_discarded;
    a_replay_adds_what_is_done_and_nothing_else;
    a_replay_is_limited_by_time_and_topic;
    a_purge_never_takes_what_is_not_done;
    the_time_of_a_purge_counts_from_when_all_have_the_event;
    a_retired_subscriber_leaves_nothing;
    what_is_only_paused_is_seen_and_retired;
    stats_count_the_deliveries_of_each_subscriber;
}

async fn register_compares_the_program_with_the_database<DB: TestEngine>(database: &Database<DB>) {
    let first = database
        .with_routes(&[("t", "a", false), ("t", "b", false)])
        .await;
    assert_eq!(first.new, ["a", "b"]);
    let second = database
        .register(&[("t", "b", false), ("t", "c", false)])
        .await;
    assert_eq!(
        (second.new, second.known, second.orphaned),
        (vec!["c".into()], vec!["b".into()], vec!["a".into()])
    );
}

async fn topics_are_those_of_all_programs<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[]).await;
    let mut conn = database.pool.acquire().await.unwrap();
    for (topics, expected) in [
        (&["b", "a", "a"][..], &["a", "b"][..]),
        (&["c", "b"], &["a", "b", "c"]),
        (&[], &["a", "b", "c"]),
    ] {
        let topics: Vec<_> = topics.iter().map(ToString::to_string).collect();
        assert_eq!(DB::add_topics(&mut conn, &topics).await.unwrap(), expected);
    }
}

async fn routes_are_replaced_for_the_subscribers_of_the_program<DB: TestEngine>(
    database: &Database<DB>,
) {
    database
        .with_routes(&[("t", "a", false), ("u", "a", false), ("t", "b", false)])
        .await;
    database.register(&[("u", "a", true)]).await;
    let events = [
        event("1", "t", Some("k")),
        event("2", "u", Some("k")),
        event("3", "u", Some("k")),
    ];
    database.store(&events).await;
    assert_eq!(ids(&database.claim("a", 10).await), ["2"]);
    assert_eq!(ids(&database.claim("b", 10).await), ["1"]);
}

async fn dead_deliveries_are_listed_retried_and_discarded<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    database
        .store_each(&[("1", None), ("2", None), ("3", None)])
        .await;
    let claims = database.claim("s", 10).await;
    for claim in &claims {
        let _ = database.failed(claim, Next::Dead(WhenDead::Block)).await;
    }
    let pool = &database.pool;
    let dead = async |limit| {
        let letters = DB::dead_list(pool, "s", None, limit).await.unwrap();
        letters
            .into_iter()
            .map(|letter| letter.event.id)
            .collect::<Vec<_>>()
    };
    assert_eq!(dead(2).await, ["1", "2"]);
    let seq = |at: usize| [claims[at].event.seq];
    assert_eq!(DB::dead_retry(pool, "other", None).await, Ok(0));
    assert_eq!(DB::dead_retry(pool, "s", Some(&seq(1))).await, Ok(1));
    assert_eq!(DB::dead_discard(pool, "s", Some(&seq(1))).await, Ok(0));
    assert_eq!(DB::dead_discard(pool, "s", Some(&seq(2))).await, Ok(1));
    assert_eq!(dead(10).await, ["1"]);
    let again = database.claim_one("s").await;
    assert_eq!((again.event.id.as_str(), again.attempt), ("2", 1));
    assert_eq!(DB::dead_discard(pool, "s", None).await, Ok(1));
    assert!(dead(10).await.is_empty());
}

async fn a_replay_adds_what_is_done_and_nothing_else<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    database
        .store_each(&[
            ("done", None),
            ("dead", None),
            ("held", None),
            ("ready", None),
        ])
        .await;
    let claims = database.claim("s", 3).await;
    let _ = database.done(&claims[0]).await;
    let _ = database
        .failed(&claims[1], Next::Dead(WhenDead::Block))
        .await;
    assert_eq!(
        DB::replay(&database.pool, "s", &Replay::default()).await,
        Ok(1)
    );
    assert_eq!(
        DB::replay(&database.pool, "unknown", &Replay::default()).await,
        Ok(0)
    );
    let mut drained = database.drain("s").await;
    drained.sort();
    assert_eq!(drained, ["done", "ready"]);
    // A subscriber that is newer than the events.
    database.register(&[("t", "late", true)]).await;
    assert_eq!(
        DB::replay(&database.pool, "late", &Replay::default()).await,
        Ok(4)
    );
    assert_eq!(
        database.drain("late").await,
        ["done", "dead", "held", "ready"]
    );
}

async fn a_replay_is_limited_by_time_and_topic<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[]).await;
    for (id, topic, time) in [
        ("1", "t", 10),
        ("2", "u", 20),
        ("3", "t", 30),
        ("4", "t", 40),
    ] {
        database
            .store(&[NewEvent {
                time,
                ..event(id, topic, None)
            }])
            .await;
    }
    let routes = [("t", "s", false), ("u", "s", false)];
    database.register(&routes).await;
    let topic = |name: &str| Some(name.to_owned());
    for (which, expected) in [
        (
            Replay {
                since: Some(20),
                ..Replay::default()
            },
            &["2", "3", "4"][..],
        ),
        (
            Replay {
                until: Some(30),
                ..Replay::default()
            },
            &["1", "2"],
        ),
        (
            Replay {
                since: Some(20),
                until: Some(40),
                topic: topic("t"),
            },
            &["3"],
        ),
        (
            Replay {
                topic: topic("u"),
                ..Replay::default()
            },
            &["2"],
        ),
    ] {
        DB::replay(&database.pool, "s", &which).await.unwrap();
        assert_eq!(database.drain("s").await, expected, "{which:?}");
    }
}

/// Those that a purge has found to be done were found so a day earlier.
async fn a_day_later<DB: TestEngine>(database: &Database<DB>) {
    let earlier = "UPDATE ev_kept SET since = since - 24 * 60 * 60 * 1000";
    DB::run(&database.pool, earlier).await;
}

/// Trap 12.
async fn a_purge_never_takes_what_is_not_done<DB: TestEngine>(database: &Database<DB>) {
    database
        .with_routes(&[("t", "s", true), ("t", "r", false)])
        .await;
    let names: Vec<_> = (0..10).map(|number| number.to_string()).collect();
    // The last one is kept for its number.
    let last = event("last", "none", None);
    let events = names.iter().map(|name| event(name, "t", Some("k")));
    database
        .store(&events.chain([last]).collect::<Vec<_>>())
        .await;
    let purge = async |batch| {
        let purged = DB::purge(&database.pool, Duration::ZERO, batch).await;
        (purged.unwrap(), database.numbers(LEFT).await)
    };
    const LEFT: &str = "SELECT CAST(id AS BIGINT) FROM ev_event WHERE id <> 'last' ORDER BY seq";
    assert_eq!(purge(3).await, (0, (0..10).collect()));
    database.drain("r").await;
    // Held, waiting and dead ones stay.
    let claim = database.claim_one("s").await;
    let _ = database.done(&claim).await;
    let claim = database.claim_one("s").await;
    let _ = database
        .failed(&claim, Next::Dead(WhenDead::PassOver))
        .await;
    let _held = database.claim_one("s").await;
    assert_eq!(purge(3).await, (1, (1..10).collect()));
    let others = "DELETE FROM ev_delivery WHERE seq > (SELECT min(seq) + 3 FROM ev_event)";
    DB::run(&database.pool, others).await;
    assert_eq!(purge(2).await, (5, vec![1, 2, 3, 4]));
    let rest = "SELECT count(*) FROM ev_kept";
    assert_eq!(database.numbers(rest).await, [1]);
}

async fn the_time_of_a_purge_counts_from_when_all_have_the_event<DB: TestEngine>(
    database: &Database<DB>,
) {
    database
        .with_routes(&[("t", "s", false), ("u", "s", false)])
        .await;
    let events = [("1", "t"), ("2", "u"), ("last", "none")];
    let events = events.map(|(id, topic)| event(id, topic, None));
    database.store(&events).await;
    let purge = async || {
        let hour = Duration::from_hours(1);
        DB::purge(&database.pool, hour, 2).await.unwrap()
    };
    assert_eq!(purge().await, 0);
    a_day_later(database).await; // while they wait
    database.drain("s").await;
    assert_eq!(purge().await, 0);
    let replay = Replay {
        topic: Some("t".to_owned()),
        ..Replay::default()
    };
    a_day_later(database).await;
    // Once more for the first one, from when it is done again.
    assert_eq!(DB::replay(&database.pool, "s", &replay).await, Ok(1));
    assert_eq!(database.drain("s").await, ["1"]);
    assert_eq!(purge().await, 1);
    a_day_later(database).await;
    assert_eq!(purge().await, 1);
    a_day_later(database).await;
    assert_eq!(purge().await, 0); // the last one
}

/// Its snapshot would be older than the lock for which it has waited.
#[tokio::test]
async fn a_replay_adds_nothing_that_a_purge_has_deleted_in_any_isolation() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    database.with_routes(&[("t", "s", false)]).await;
    database.store_each(&[("1", None), ("2", None)]).await;
    database.drain("s").await;
    let pool = database.serializable("replays").await;
    // As a purge does.
    let mut purge = database.pool.begin().await.unwrap();
    let statements =
        "SELECT pg_advisory_xact_lock(ev_space() # 2, 0); DELETE FROM ev_event WHERE id = '1'";
    raw_sql(statements).execute(&mut *purge).await.unwrap();
    let replay = spawn(async move { Postgres::replay(&pool, "s", &Replay::default()).await });
    database.waits_for_lock("replays", &replay).await;
    purge.commit().await.unwrap();
    assert_eq!(replay.await.unwrap(), Ok(1));
    assert_eq!(database.drain("s").await, ["2"]);
    let left = "SELECT count(*) FROM ev_delivery";
    assert_eq!(database.numbers(left).await, [0]);
}

/// A delivery ends while it waits for it.
#[tokio::test]
async fn a_subscriber_is_retired_beside_its_workers_in_any_isolation() {
    let Some(database) = Postgres::create().await else {
        return;
    };
    database.with_routes(&[("t", "s", false)]).await;
    database.store_each(&[("1", None), ("2", None)]).await;
    let pool = database.serializable("retires").await;
    // As a worker does.
    let mut worker = database.pool.begin().await.unwrap();
    let done = "DELETE FROM ev_delivery WHERE seq = (SELECT min(seq) FROM ev_delivery)";
    raw_sql(done).execute(&mut *worker).await.unwrap();
    let retire = spawn(async move { Postgres::retire(&pool, "s").await });
    database.waits_for_lock("retires", &retire).await;
    worker.commit().await.unwrap();
    assert_eq!(retire.await.unwrap(), Ok(1));
}

async fn a_retired_subscriber_leaves_nothing<DB: TestEngine>(database: &Database<DB>) {
    database
        .with_routes(&[("t", "s", false), ("t", "r", false)])
        .await;
    database.store_each(&[("1", None), ("2", None)]).await;
    DB::pause(&database.pool, "s").await.unwrap();
    assert_eq!(DB::retire(&database.pool, "s").await, Ok(2));
    database.store_each(&[("3", None)]).await;
    let stats = DB::stats(&database.pool).await.unwrap();
    let ids: Vec<_> = stats
        .iter()
        .map(|one| (one.subscriber.as_str(), one.depth))
        .collect();
    assert_eq!(ids, [("r", 3)]);
}

async fn what_is_only_paused_is_seen_and_retired<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[]).await;
    DB::pause(&database.pool, "s").await.unwrap();
    let paused = Stats {
        subscriber: "s".to_owned(),
        paused: true,
        ..Stats::default()
    };
    assert_eq!(DB::stats(&database.pool).await, Ok(vec![paused]));
    let ids = || DB::subscriber_ids(&database.pool);
    assert_eq!(ids().await, Ok(vec!["s".to_owned()]));
    assert_eq!(DB::retire(&database.pool, "s").await, Ok(0));
    assert_eq!(ids().await, Ok(vec![]));
}

async fn stats_count_the_deliveries_of_each_subscriber<DB: TestEngine>(database: &Database<DB>) {
    database
        .with_routes(&[("t", "s", true), ("u", "idle", false)])
        .await;
    let delayed = NewEvent {
        due: Some(i64::MAX / 4),
        ..event("later", "t", None)
    };
    database.store(&[delayed]).await;
    let all = [
        ("1", None),
        ("2", Some("k")),
        ("3", Some("k")),
        ("4", None),
        ("5", None),
    ];
    database.store_each(&all).await;
    let claims = database.claim("s", 3).await;
    let _ = database
        .failed(&claims[0], Next::Dead(WhenDead::Block))
        .await;
    let _ = database
        .failed(&claims[1], Next::After(Duration::ZERO))
        .await;
    DB::pause(&database.pool, "s").await.unwrap();
    let mut stats = DB::stats(&database.pool).await.unwrap();
    let oldest = stats[1].oldest.take().unwrap();
    assert!(oldest > Duration::from_secs(1000), "{oldest:?}");
    let idle = Stats {
        subscriber: "idle".to_owned(),
        ..Stats::default()
    };
    let busy = Stats {
        subscriber: "s".to_owned(),
        paused: true,
        depth: 5,
        ready: 2,
        in_flight: 1,
        dead: 1,
        attempts: 1,
        oldest: None,
    };
    assert_eq!(stats, [idle, busy]);
}
