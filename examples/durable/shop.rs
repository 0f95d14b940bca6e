//! The shop: an order, and what follows from it.

use events_core::{Event, State, subscriber};
use events_durable::{Delivery, Durable};
use events_sqlx::{Tx, TxError};
use serde::{Deserialize, Serialize};
use sqlx::{Postgres, Sqlite};

use crate::{
    crash::{self, Place},
    database::Database,
    mails::Mails,
};

#[derive(Event, Durable, Clone, Serialize, Deserialize)]
#[event(topic = "shop.order_placed")]
#[durable(key = order)]
pub(crate) struct OrderPlaced {
    order: i64,
    cents: i64,
}

/// At least once.
#[subscriber(durable = "mail.confirm")]
pub(crate) async fn confirm(
    event: &OrderPlaced,
    delivery: Delivery<'_>,
    mails: State<'_, Mails>,
) -> std::io::Result<()> {
    mails.send(event.order, delivery.id())?;
    crash::here(Place::AfterTheMail);
    Ok(())
}

/// Exactly once in effect.
#[subscriber(durable = "ledger.book")]
pub(crate) async fn book(event: &OrderPlaced, mut tx: Tx<'_, Sqlite>) -> Result<(), sqlx::Error> {
    let insert = sqlx::query("INSERT INTO shop_ledger VALUES (?, ?)");
    let insert = insert.bind(event.order).bind(event.cents);
    insert.execute(tx.conn()).await?;
    crash::here(Place::InTheLedger);
    Ok(())
}

/// The same on PostgreSQL.
#[subscriber(durable = "ledger.book")]
pub(crate) async fn book_on_postgres(
    event: &OrderPlaced,
    mut tx: Tx<'_, Postgres>,
) -> Result<(), sqlx::Error> {
    let insert = sqlx::query("INSERT INTO shop_ledger VALUES ($1, $2)");
    let insert = insert.bind(event.order).bind(event.cents);
    insert.execute(tx.conn()).await?;
    crash::here(Place::InTheLedger);
    Ok(())
}

/// Writes an order, and emits its event in the same transaction.
pub(crate) async fn place<DB: Database>(store: &Durable<DB>, order: i64) -> Result<(), TxError> {
    let mut tx = store.begin().await?;
    DB::insert_order(&mut tx, order).await?;
    let cents = 100 * order;
    tx.emit(OrderPlaced { order, cents }).await?;
    crash::here(Place::InTheOrder);
    tx.commit().await?;
    crash::here(Place::AfterItsCommit);
    Ok(())
}
