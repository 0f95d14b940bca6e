//! Storing events: one in the transaction of a row, and batches beside rows of the same payload.

use std::time::{Duration, Instant};

use bench_report::Result;
use events_core::units::UnitEvent;
use events_durable::{Durable, DurableEvent};
use sqlx::Pool;

use crate::{
    Size,
    cases::{self, Case, Measured},
    database::{Bench, Database},
    shop::{self, ForOne, ForTwo, Keyed, number},
};

pub(crate) const SINGLE: &str = "a transaction of one row";
pub(crate) const PLAIN: &str = "the row alone";
pub(crate) const FOR_TWO: &str = "and an event with two subscribers";
pub(crate) const KEYED: &str = "and an event with two subscribers, one of them `per_key`";

pub(crate) const BATCH: &str = "a batch in a transaction";
pub(crate) const ROWS: &str = "rows of the same payload, one statement";
pub(crate) const STORED: &str = "events with one subscriber, `store_all`";
pub(crate) const EMITTED: &str = "events with one subscriber, `tx.emit` of each";
pub(crate) const BATCH_KEYED: &str =
    "events with two subscribers, one of them `per_key`, `store_all`";

pub(crate) async fn measure<DB: Bench>(
    database: &Database<DB>,
    size: Size,
) -> Result<Vec<Measured>> {
    let (arrivals, _received) = shop::arrivals();
    let store = shop::program(database, shop::stored(), &arrivals).await?;
    DB::clear(&database.pool).await?;
    let store = &store;
    let single = [
        Case::new(PLAIN, move || rows::<DB>(database, size.rows)),
        Case::new(FOR_TWO, move || emits(store, size.rows, ForTwo::numbered)),
        Case::new(KEYED, move || emits(store, size.rows, Keyed::numbered)),
    ];
    let units = [size.rounds, size.turns, size.rows];
    let mut measured = cases::measure(SINGLE, &single, units).await?;
    DB::clear(&database.pool).await?;
    let batches = [
        Case::new(ROWS, move || many_rows::<DB>(database, size.batch)),
        Case::new(STORED, move || stores(store, size.batch, ForOne::numbered)),
        Case::new(EMITTED, move || emits_many(store, size.batch)),
        Case::new(BATCH_KEYED, move || {
            stores(store, size.batch, Keyed::numbered)
        }),
    ];
    measured.extend(cases::measure(BATCH, &batches, [size.rounds, 3.min(size.turns), 1]).await?);
    DB::clear(&database.pool).await?;
    Ok(measured)
}

/// Rows, each in a transaction.
async fn rows<DB: Bench>(database: &Database<DB>, count: usize) -> Result<Duration> {
    Ok(plain_rows(database.pool.clone(), count).await?)
}

/// The same as a task of the runtime, as workers are.
pub(crate) async fn rows_in_task<DB: Bench>(
    database: &Database<DB>,
    count: usize,
) -> Result<Duration> {
    let rows = plain_rows(database.pool.clone(), count);
    Ok(tokio::spawn(rows).await??)
}

async fn plain_rows<DB: Bench>(pool: Pool<DB>, count: usize) -> sqlx::Result<Duration> {
    let begun = Instant::now();
    for _ in 0..count {
        let mut tx = pool.begin_with(DB::BEGIN).await?;
        DB::write(&mut tx, number()).await?;
        tx.commit().await?;
    }
    Ok(begun.elapsed())
}

async fn emits<DB: Bench, E: UnitEvent>(
    store: &Durable<DB>,
    count: usize,
    event: fn(i64) -> E,
) -> Result<Duration> {
    let begun = Instant::now();
    for _ in 0..count {
        let number = number();
        let mut tx = store.begin().await?;
        DB::write(tx.conn(), number).await?;
        tx.emit(event(number))
            .await
            .map_err(|error| error.to_string())?;
        tx.commit().await?;
    }
    Ok(begun.elapsed())
}

async fn many_rows<DB: Bench>(database: &Database<DB>, count: usize) -> Result<Duration> {
    let row = |_| {
        let number = number();
        let data = format!("{{\"order\":{number},\"cents\":99900,\"gift\":false}}");
        (number, data)
    };
    let rows: Vec<_> = (0..count).map(row).collect();
    let begun = Instant::now();
    let mut tx = database.pool.begin_with(DB::BEGIN).await?;
    DB::write_many(&mut tx, &rows).await?;
    tx.commit().await?;
    Ok(begun.elapsed())
}

async fn stores<DB: Bench, E: DurableEvent>(
    store: &Durable<DB>,
    count: usize,
    event: fn(i64) -> E,
) -> Result<Duration> {
    let events: Vec<E> = (0..count).map(|_| event(number())).collect();
    let begun = Instant::now();
    let mut tx = store.pool().begin_with(DB::BEGIN).await?;
    store.store_all(&mut tx, &events).await?;
    tx.commit().await?;
    Ok(begun.elapsed())
}

async fn emits_many<DB: Bench>(store: &Durable<DB>, count: usize) -> Result<Duration> {
    let begun = Instant::now();
    let mut tx = store.begin().await?;
    for _ in 0..count {
        let event = ForOne::numbered(number());
        tx.emit(event).await.map_err(|error| error.to_string())?;
    }
    tx.commit().await?;
    Ok(begun.elapsed())
}
