//! Claims of 50 beside many deliveries that wait.

use std::time::{Duration, Instant};

use bench_report::Result;
use events_durable::testing::{Claim, Deliver};

use crate::{
    Size,
    cases::Measured,
    database::{Bench, Database},
};

pub(crate) const CLAIMS: &str = "a claim of up to 50";
pub(crate) const FEW: &str = "few wait";
pub(crate) const MANY: &str = "many wait";
pub(crate) const BEHIND: &str = "many wait behind one key";

const LEASE: Duration = Duration::from_secs(3600);

pub(crate) async fn measure<DB: Bench>(
    database: &Database<DB>,
    size: Size,
) -> Result<Vec<Measured>> {
    let another = DB::another(database).await?;
    fill(database, size.few, false).await?;
    fill(&another, size.many, false).await?;
    let (mut few, mut many) = (Vec::new(), Vec::new());
    for _ in 0..size.claims {
        few.push(claim(database, 50).await?);
        many.push(claim(&another, 50).await?);
    }
    DB::clear(&database.pool).await?;
    drop(another);
    fill(database, size.behind, true).await?;
    let mut behind = Vec::new();
    for _ in 0..size.claims {
        behind.push(claim(database, 1).await?);
    }
    DB::clear(&database.pool).await?;
    let measured = |name, mut times: Vec<Duration>| {
        times.sort();
        let time = times[times.len() / 2];
        Measured {
            group: CLAIMS,
            name,
            time,
        }
    };
    Ok(vec![
        measured(FEW, few),
        measured(MANY, many),
        measured(BEHIND, behind),
    ])
}

/// The time of a claim, whose deliveries are handed back. It must have this many.
async fn claim<DB: Bench>(database: &Database<DB>, expected: usize) -> Result<Duration> {
    let begun = Instant::now();
    let claims = <DB as Deliver>::claim(&database.pool, "bench.claims", 50, LEASE, 5).await?;
    let time = begun.elapsed();
    assert_eq!(claims.len(), expected);
    let claims: Vec<&Claim> = claims.iter().collect();
    DB::hand_back(&database.pool, &claims, Duration::ZERO).await?;
    Ok(time)
}

/// Writes events and deliveries as the store does, with two statements.
async fn fill<DB: Bench>(database: &Database<DB>, count: usize, is_keyed: bool) -> Result<()> {
    let count = i64::try_from(count)?;
    let (pool, numbers, now) = (&database.pool, DB::NUMBERS, DB::NOW);
    let (key, state) = match is_keyed {
        true => ("'hot'", "CASE WHEN n = 1 THEN 1 ELSE 0 END"),
        false => ("NULL", "1"),
    };
    let events = format!(
        "INSERT INTO ev_event (seq, id, topic, key, version, time, codec, data)
         SELECT n, 'event ' || n, 'bench.claims', {key}, 1, {now}, 'json', '{{\"order\":1234567,\"cents\":99900}}'
         FROM {numbers} numbers"
    );
    DB::run(pool, &events, Some(count)).await?;
    let deliveries = format!(
        "INSERT INTO ev_delivery (seq, subscriber, key, state, due)
         SELECT n, 'bench.claims', {key}, {state}, {now} FROM {numbers} numbers"
    );
    DB::run(pool, &deliveries, Some(count)).await?;
    DB::settle(pool).await
}
