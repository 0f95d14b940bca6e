//! Delivering: a subscriber that writes a row in the transaction of its delivery.

use std::{
    sync::atomic::Ordering,
    time::{Duration, Instant},
};

use bench_report::Result;
use events_durable::Durable;
use tokio::sync::{Mutex, mpsc::UnboundedReceiver};

use crate::{
    Size,
    cases::{self, Case, Measured},
    database::{Bench, Database},
    enqueue::rows_in_task,
    shop::{self, Arrivals, Worked, Writing, number},
};

pub(crate) const PROCESS: &str = "a row in a transaction";
pub(crate) const PLAIN: &str = "the row alone, one connection";
pub(crate) const ONE: &str = "by a subscriber, one worker";
pub(crate) const FOUR: &str = "by a subscriber, four workers";

pub(crate) async fn measure<DB: Writing>(
    database: &Database<DB>,
    size: Size,
) -> Result<Vec<Measured>> {
    let (arrivals, received) = shop::arrivals();
    let store = shop::program(database, DB::writing(), &arrivals).await?;
    DB::clear(&database.pool).await?;
    let received = &Mutex::new(received);
    let (store, arrivals, count) = (&store, &arrivals, size.deliveries);
    let mut all = vec![
        Case::new(PLAIN, move || rows_in_task::<DB>(database, count)),
        Case::new(ONE, move || processed(store, arrivals, received, 1, count)),
    ];
    if DB::IS_MANY_AT_ONCE {
        all.push(Case::new(FOUR, move || {
            processed(store, arrivals, received, 4, count)
        }));
    }
    let measured = cases::measure(PROCESS, &all, [size.rounds, 1, count]).await?;
    DB::clear(&database.pool).await?;
    Ok(measured)
}

async fn processed<DB: Bench>(
    store: &Durable<DB>,
    arrivals: &Arrivals,
    received: &Mutex<UnboundedReceiver<Instant>>,
    workers: usize,
    count: usize,
) -> Result<Duration> {
    let events: Vec<Worked> = (0..count).map(|_| Worked::numbered(number())).collect();
    let mut tx = store.pool().begin_with(DB::BEGIN).await?;
    store.store_all(&mut tx, &events).await?;
    tx.commit().await?;
    arrivals.left.store(count, Ordering::Relaxed);
    let mut received = received.lock().await;
    let begun = Instant::now();
    let workers = store.worker().concurrency(workers).spawn_tokio();
    let last = received.recv().await.ok_or("the workers have ended")?;
    assert!(workers.shutdown(Duration::from_secs(60)).await);
    let stats = store.stats().await?;
    assert!(stats.iter().all(|one| one.depth == 0));
    Ok(last - begun)
}
