//! Orders in a database: subscribers check them, change the stock in the same transaction, and send mails after its commit.
//!
//! ```text
//! cargo run -p transactions
//! ```
//!
//! What to look for:
//!
//! - A mail is sent after the commit, and none after a rollback: `confirm` is called once the order is in the database.
//! - `take_from_stock` has the transaction of the caller as a parameter. Its failure is an error of the write, and with `?`
//!   nothing of it remains.
//! - `check` may refuse an order before it is written.
//! - The import places each order in a savepoint: one that fails takes its own row, and its own mail, along.

#![expect(clippy::print_stdout, reason = "an example shows what happened")]

use std::error::Error;

use events_core::{
    Event,
    record::{Created, Creating},
    subscriber,
    units::EmitInError,
};
use events_sqlx::{Tx, TxError};
use sqlx::{Executor, Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

const TABLES: &str = "
    CREATE TABLE stock (item TEXT PRIMARY KEY, count INTEGER NOT NULL CHECK (count >= 0));
    CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT NOT NULL, count INTEGER NOT NULL);
    INSERT INTO stock VALUES ('lamp', 5), ('chair', 4);
";

#[derive(Clone)]
struct Order {
    id: i64,
    item: String,
    count: i64,
}

/// Emitted when all orders of a file were read.
#[derive(Event, Clone)]
#[event(after_commit)]
struct Imported {
    placed: usize,
    refused: usize,
}

/// Before the write: it may change the order, or refuse it.
#[subscriber]
fn check(event: &mut Creating<Order>) {
    event.record.item = event.record.item.trim().to_lowercase();
    if event.record.count < 1 {
        event.veto("an order has at least one item");
    }
}

/// In the transaction: the order and the stock change together.
#[subscriber(awaited, at_once)]
async fn take_from_stock(event: &Created<Order>, mut tx: Tx<'_, Sqlite>) -> Result<(), String> {
    let order = &event.record;
    let update = sqlx::query("UPDATE stock SET count = count - ? WHERE item = ?");
    let updated = update
        .bind(order.count)
        .bind(&order.item)
        .execute(tx.conn())
        .await;
    match updated {
        Ok(done) if done.rows_affected() == 1 => Ok(()),
        Ok(_) => Err(format!("there is no {}", order.item)),
        Err(sqlx::Error::Database(error)) if error.is_check_violation() => {
            Err(format!("not enough of {}", order.item))
        }
        Err(error) => Err(error.to_string()),
    }
}

/// After the commit, as the event of a record.
#[subscriber]
fn confirm(event: &Created<Order>) {
    let Order { id, item, count } = &event.record;
    println!("  mail: order {id} is confirmed, {count} x {item}");
}

#[subscriber]
fn report(event: &Imported) {
    println!(
        "  mail: {} orders imported, {} refused",
        event.placed, event.refused
    );
}

/// Writes an order, in the transaction or savepoint of the caller.
async fn place(tx: &mut Tx<'_, Sqlite>, item: &str, count: i64) -> Result<(), TxError> {
    let item = item.to_owned();
    let draft = tx.creating(Order { id: 0, item, count }).await?;
    let insert = sqlx::query_scalar("INSERT INTO orders (item, count) VALUES (?, ?) RETURNING id");
    let insert = insert.bind(&draft.item).bind(draft.count);
    let id = insert.fetch_one(tx.conn()).await?;
    let order = Order { id, ..draft };
    println!("  written: order {id}, {count} x {}", order.item);
    tx.created(order).await?;
    Ok(())
}

async fn order(pool: &SqlitePool, item: &str, count: i64) -> Result<(), TxError> {
    let mut tx = Tx::begin(pool).await?;
    place(&mut tx, item, count).await?; // with an error `tx` is dropped: rolled back
    tx.commit().await
}

async fn import(pool: &SqlitePool, file: &[(&str, i64)]) -> Result<(), TxError> {
    let mut tx = Tx::begin(pool).await?;
    let (mut placed, mut refused) = (0, 0);
    for &(item, count) in file {
        let mut line = tx.savepoint().await?;
        match place(&mut line, item, count).await {
            Ok(()) => {
                line.commit().await?;
                placed += 1;
            }
            Err(error) => {
                println!("  refused: {}", reason(&error));
                line.rollback().await?;
                refused += 1;
            }
        }
    }
    tx.emit(Imported { placed, refused }).await?;
    tx.commit().await
}

/// The reason of a veto, or the error of the first subscriber that failed.
fn reason(error: &TxError) -> String {
    if let Some(reason) = error.veto_reason() {
        return reason.to_owned();
    }
    let failures = match error {
        TxError::Emit(error) => error
            .downcast_ref::<EmitInError<Created<Order>>>()
            .map(EmitInError::failures),
        _ => None,
    };
    let failed = failures.and_then(|failures| failures.first()?.error());
    failed.map_or_else(|| error.to_string(), ToString::to_string)
}

async fn show(pool: &SqlitePool) -> Result<(), sqlx::Error> {
    let orders: i64 = sqlx::query_scalar("SELECT count(*) FROM orders")
        .fetch_one(pool)
        .await?;
    let lamps: i64 = sqlx::query_scalar("SELECT count FROM stock WHERE item = 'lamp'")
        .fetch_one(pool)
        .await?;
    println!("  in the database: {orders} orders, {lamps} lamps in stock");
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    events_core::scan();
    // One connection, with a database in memory, which ends with it.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .connect("sqlite::memory:")
        .await?;
    pool.execute(TABLES).await?;

    println!("a commit");
    order(&pool, " Lamp", 2).await?;
    show(&pool).await?;

    println!("a rollback, since a subscriber in the transaction failed");
    if let Err(error) = order(&pool, "lamp", 100).await {
        println!("  refused: {}", reason(&error));
    }
    show(&pool).await?;

    println!("a veto before the write");
    if let Err(error) = order(&pool, "lamp", 0).await {
        println!("  refused: {}", reason(&error));
    }
    show(&pool).await?;

    println!("an import, with a savepoint for each line");
    import(
        &pool,
        &[("lamp", 1), ("sofa", 1), ("chair", 9), ("chair", 4)],
    )
    .await?;
    show(&pool).await?;
    Ok(())
}
