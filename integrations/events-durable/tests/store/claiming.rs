//! Claims, attempts and leases.

use std::{collections::BTreeMap, time::Duration};

use events_durable::testing::{Claim, Done, Failed, Next, WhenDead};

use crate::database::{Database, LEASE, MOST, TestEngine, ids, on_both};

on_both! {
    a_claim_has_at_most_its_limit_and_the_oldest_first;
    a_later_claim_makes_the_earlier_one_void;
    a_failed_attempt_is_counted_and_tried_again_when_it_is_due;
    lost_attempts_are_counted_and_end_with_death;
    only_the_poison_among_innocents_dies;
    what_is_handed_back_is_not_counted;
    an_extended_lease_does_not_end;
    the_next_time_is_that_of_what_can_be_claimed;
    a_paused_subscriber_claims_nothing;
    a_long_error_is_cut_off;
}

async fn a_claim_has_at_most_its_limit_and_the_oldest_first<DB: TestEngine>(
    database: &Database<DB>,
) {
    database.with_routes(&[("t", "s", false)]).await;
    database
        .store_each(&[("1", None), ("2", None), ("3", None)])
        .await;
    assert_eq!(ids(&database.claim("s", 2).await), ["1", "2"]);
    assert_eq!(ids(&database.claim("s", 2).await), ["3"]);
    assert!(database.claim("s", 2).await.is_empty());
    assert!(database.claim("another", 2).await.is_empty());
}

async fn a_later_claim_makes_the_earlier_one_void<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    database.store_each(&[("1", None)]).await;
    let first = database.claim_one("s").await;
    database.let_time_pass().await;
    let second = database.claim_one("s").await;
    assert_eq!((second.attempt, second.lost), (2, 1));
    assert_eq!(database.done(&first).await, Done::Void);
    assert_eq!(
        database.failed(&first, Next::Dead(WhenDead::Block)).await,
        Failed::Void
    );
    assert_eq!(database.hand_back(std::slice::from_ref(&first)).await, 0);
    let extended = DB::extend(&database.pool, &[&first, &second], LEASE).await;
    assert_eq!(extended.unwrap(), [false, true]);
    assert_eq!(database.done(&second).await, Done::Done);
    assert_eq!(database.done(&second).await, Done::Void);
}

async fn a_failed_attempt_is_counted_and_tried_again_when_it_is_due<DB: TestEngine>(
    database: &Database<DB>,
) {
    database.with_routes(&[("t", "s", false)]).await;
    database.store_each(&[("1", None)]).await;
    for attempt in 1..=3 {
        let claim = database.claim_one("s").await;
        assert_eq!((claim.attempt, claim.lost), (attempt, 0));
        assert_eq!(
            database.failed(&claim, Next::After(LEASE)).await,
            Failed::Noted
        );
        assert!(database.claim("s", 10).await.is_empty());
        database.let_time_pass().await;
    }
    let claim = database.claim_one("s").await;
    assert_eq!(
        database.failed(&claim, Next::Dead(WhenDead::Block)).await,
        Failed::Noted
    );
    database.let_time_pass().await;
    assert!(database.claim("s", 10).await.is_empty());
    let dead = DB::dead_list(&database.pool, "s", None, 10).await.unwrap();
    assert_eq!((dead[0].failed, dead[0].error.as_deref()), (4, Some("no")));
}

/// Trap 2: a process that ends in the handler never says so.
async fn lost_attempts_are_counted_and_end_with_death<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    database.store_each(&[("1", None)]).await;
    let bury = async || {
        DB::bury_lost(&database.pool, "s", MOST, WhenDead::Block)
            .await
            .unwrap()
    };
    for attempt in 1..=3 {
        assert_eq!(database.claim_one("s").await.attempt, attempt);
        assert_eq!(bury().await, 0);
        database.let_time_pass().await;
    }
    assert!(database.claim("s", 10).await.is_empty());
    assert_eq!(bury().await, 1);
    assert_eq!(bury().await, 0);
    let dead = DB::dead_list(&database.pool, "s", None, 10).await.unwrap();
    assert_eq!((dead[0].failed, dead[0].lost), (0, 3));
}

/// Trap 3: a program that ends on one of them, and loses all that it holds.
async fn only_the_poison_among_innocents_dies<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    let all = [
        ("1", None),
        ("2", None),
        ("poison", None),
        ("4", None),
        ("5", None),
    ];
    database.store_each(&all).await;
    let mut runs: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..20 {
        // Two workers of one program.
        let (one, two) = (database.claim("s", 10).await, database.claim("s", 10).await);
        let claims: Vec<Claim> = one.into_iter().chain(two).collect();
        for claim in &claims {
            *runs.entry(claim.event.id.clone()).or_default() += 1;
        }
        if claims.iter().any(|claim| claim.event.id == "poison") {
            database.let_time_pass().await;
        } else {
            for claim in &claims {
                assert_eq!(database.done(claim).await, Done::Done);
            }
        }
        DB::bury_lost(&database.pool, "s", MOST, WhenDead::Block)
            .await
            .unwrap();
    }
    let dead = DB::dead_list(&database.pool, "s", None, 10).await.unwrap();
    let dead: Vec<_> = dead.iter().map(|letter| letter.event.id.as_str()).collect();
    assert_eq!(dead, ["poison"]);
    let expected = [("1", 2), ("2", 2), ("4", 2), ("5", 2), ("poison", 3)];
    assert_eq!(
        runs,
        expected.map(|(id, runs)| (id.to_owned(), runs)).into()
    );
}

async fn what_is_handed_back_is_not_counted<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    database.store_each(&[("1", None), ("2", None)]).await;
    let claims = database.claim("s", 10).await;
    assert_eq!(database.hand_back(&claims).await, 2);
    assert_eq!(database.hand_back(&claims).await, 0);
    let again = database.claim("s", 10).await;
    assert!(
        again
            .iter()
            .all(|claim| claim.attempt == 1 && claim.lost == 0)
    );
    assert_eq!(database.done(&claims[0]).await, Done::Void);
    let refs: Vec<_> = again.iter().collect();
    DB::hand_back(&database.pool, &refs, LEASE).await.unwrap();
    assert!(database.claim("s", 10).await.is_empty());
}

async fn an_extended_lease_does_not_end<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    database.store_each(&[("1", None)]).await;
    let claim = database.claim_one("s").await;
    database.let_time_pass().await;
    assert_eq!(
        DB::extend(&database.pool, &[&claim], LEASE).await.unwrap(),
        [true]
    );
    assert!(database.claim("s", 10).await.is_empty());
    assert_eq!(database.done(&claim).await, Done::Done);
}

async fn the_next_time_is_that_of_what_can_be_claimed<DB: TestEngine>(database: &Database<DB>) {
    database
        .with_routes(&[("t", "s", false), ("t", "other", false)])
        .await;
    let ids = ["s".to_owned(), "none".to_owned()];
    let next = async || DB::next_due(&database.pool, &ids).await.unwrap();
    let about = |left: Option<Duration>| left.map(|left| (left.as_secs() + 60) / 3600);
    assert_eq!(next().await, None);
    database.store_each(&[("1", None)]).await;
    assert_eq!(next().await, None);
    let claim = database.claim_one("s").await;
    assert_eq!(about(next().await), Some(1));
    let _ = database.failed(&claim, Next::After(LEASE * 3)).await;
    assert_eq!(about(next().await), Some(3));
    DB::pause(&database.pool, "s").await.unwrap();
    assert_eq!(next().await, None);
}

async fn a_paused_subscriber_claims_nothing<DB: TestEngine>(database: &Database<DB>) {
    database
        .with_routes(&[("t", "s", false), ("t", "other", false)])
        .await;
    database.store_each(&[("1", None), ("2", None)]).await;
    let held = database.claim("s", 1).await.remove(0);
    DB::pause(&database.pool, "s").await.unwrap();
    DB::pause(&database.pool, "s").await.unwrap();
    assert!(database.claim("s", 10).await.is_empty());
    assert_eq!(database.done(&held).await, Done::Done);
    assert_eq!(database.drain("other").await, ["1", "2"]);
    DB::resume(&database.pool, "s").await.unwrap();
    assert_eq!(database.drain("s").await, ["2"]);
}

async fn a_long_error_is_cut_off<DB: TestEngine>(database: &Database<DB>) {
    database.with_routes(&[("t", "s", false)]).await;
    database.store_each(&[("1", None)]).await;
    let claim = database.claim_one("s").await;
    let error = format!("\0{}", "\u{e9}".repeat(5000));
    let failed = DB::failed(&database.pool, &claim, &error, Next::Dead(WhenDead::Block)).await;
    assert_eq!(failed, Ok(Failed::Noted));
    let dead = DB::dead_list(&database.pool, "s", None, 10).await.unwrap();
    assert_eq!(dead[0].error.as_ref().unwrap().chars().count(), 2000);
}
