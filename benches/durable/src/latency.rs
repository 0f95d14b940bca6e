//! The time from a commit to the subscriber, of workers that have nothing else to do.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use bench_report::Result;

use crate::{
    Size,
    cases::Measured,
    database::{Bench, Database},
    shop::{self, Woken, number},
};

pub(crate) const LATENCY: &str = "from the return of `commit` to the subscriber";
pub(crate) const P50: &str = "p50";
pub(crate) const P99: &str = "p99";

pub(crate) async fn measure<DB: Bench>(
    database: &Database<DB>,
    size: Size,
) -> Result<Vec<Measured>> {
    let (arrivals, mut received) = shop::arrivals();
    let store = shop::program(database, shop::waking(), &arrivals).await?;
    DB::clear(&database.pool).await?;
    let workers = store
        .worker()
        .poll_interval(Duration::from_secs(10))
        .spawn_tokio();
    let mut times = Vec::new();
    for round in 0..=size.woken {
        arrivals.left.store(1, Ordering::Relaxed);
        let mut tx = store.begin().await?;
        tx.emit(Woken::numbered(number()))
            .await
            .map_err(|error| error.to_string())?;
        tx.commit().await?;
        let committed = Instant::now();
        let arrived = received.recv().await.ok_or("the workers have ended")?;
        if round > 0 {
            times.push(arrived.saturating_duration_since(committed));
        }
        // The worker is idle again: it has marked the delivery, and looked for others.
        loop {
            let stats = store.stats().await?;
            if stats.iter().all(|one| one.depth == 0) {
                break;
            }
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(workers.shutdown(Duration::from_secs(60)).await);
    DB::clear(&database.pool).await?;
    times.sort();
    let part = |percent: usize| times[(times.len() * percent / 100).min(times.len() - 1)];
    let measured = |name, time| Measured {
        group: LATENCY,
        name,
        time,
    };
    Ok(vec![measured(P50, part(50)), measured(P99, part(99))])
}
