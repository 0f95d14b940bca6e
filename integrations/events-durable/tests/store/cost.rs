//! What a claim reads does not grow with the number of deliveries that are not claimed.

use events_durable::testing::NewEvent;

use crate::database::{Database, TestEngine, event, on_both};

on_both! {
    a_claim_costs_the_same_with_20_000_waiting_behind_a_key;
    a_claim_costs_the_same_with_20_000_ready;
    a_claim_costs_the_same_with_20_000_that_are_due_later;
    a_claim_costs_the_same_with_20_000_dead_or_held;
}

const MANY: usize = 20_000;

/// Stores this many events, and compares the cost of a claim with that after the first 20.
async fn check<DB: TestEngine>(
    database: &Database<DB>,
    per_key: bool,
    make: impl Fn(&str) -> NewEvent,
    after: &str,
) {
    database.with_routes(&[("t", "s", per_key)]).await;
    let store = async |numbers: std::ops::Range<usize>| {
        let first = numbers.start;
        let events: Vec<_> = numbers.map(|number| make(&number.to_string())).collect();
        database.store(&events).await;
        DB::run(&database.pool, after).await;
        let ready: Vec<_> = (0..20)
            .map(|number| event(&format!("ready {number} after {first}"), "t", None))
            .collect();
        database.store(&ready).await;
    };
    store(0..20).await;
    let few = DB::cost_of_claim(database).await;
    for thousands in 0..20 {
        store(20 + thousands * 1000..20 + (thousands + 1) * 1000).await;
    }
    let many = DB::cost_of_claim(database).await;
    // The indexes are deeper, and PostgreSQL visits rows that its transactions have left behind.
    assert!(many <= few * 2 + 100, "{few} and then {many} with {MANY}");
}

/// Trap 7.
async fn a_claim_costs_the_same_with_20_000_waiting_behind_a_key<DB: TestEngine>(
    database: &Database<DB>,
) {
    check(database, true, |id| event(id, "t", Some("k")), "SELECT 1").await;
}

async fn a_claim_costs_the_same_with_20_000_ready<DB: TestEngine>(database: &Database<DB>) {
    check(database, false, |id| event(id, "t", Some("k")), "SELECT 1").await;
}

async fn a_claim_costs_the_same_with_20_000_that_are_due_later<DB: TestEngine>(
    database: &Database<DB>,
) {
    let later = |id: &str| NewEvent {
        due: Some(i64::MAX / 4),
        ..event(id, "t", Some("k"))
    };
    check(database, true, later, "SELECT 1").await;
}

async fn a_claim_costs_the_same_with_20_000_dead_or_held<DB: TestEngine>(database: &Database<DB>) {
    let after = "UPDATE ev_delivery SET state = 3 + CAST(seq % 3 AS INTEGER), due = 9000000000000
        WHERE seq IN (SELECT seq FROM ev_event WHERE id NOT LIKE 'ready%') AND state < 3";
    check(database, false, |id| event(id, "t", None), after).await;
}
