//! Storing events.

use std::future::Future;

use events_sqlx::{Backend, Tx};

use super::{error::StoreError, event::NewEvent};

/// A statement with one parameter, for a connection that is not one of sqlx.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InsertStatement {
    /// The text of the statement.
    pub sql: &'static str,
    /// Its parameter `$1`, a text.
    pub parameter: String,
}

/// Storing events in the transaction of the caller.
pub trait Insert: sqlx::Database {
    /// Stores the events in this order, and a delivery for each route of each of their topics.
    ///
    /// It locks the keys of the events until the transaction ends, in an order that all transactions share: it is to be called
    /// once, as the last step before the commit. A second call in one transaction may deadlock with another transaction;
    /// PostgreSQL ends one of them, with an error that is [`is_serialization`](StoreError::is_serialization).
    ///
    /// # Errors
    ///
    /// Of the database; with SQLite, `Duplicate` if an id is stored already.
    fn insert(
        conn: &mut Self::Connection,
        events: &[NewEvent],
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// [`insert`](Self::insert) as the last step of a [`Tx`](events_sqlx::Tx). If this proves that it can be committed, the commit does
    /// not test it.
    ///
    /// # Errors
    ///
    /// As `insert`.
    fn insert_last(
        tx: &mut Tx<'_, Self>,
        events: &[NewEvent],
    ) -> impl Future<Output = Result<(), StoreError>> + Send
    where
        Self: Backend,
    {
        async move { Self::insert(tx.conn(), events).await }
    }

    /// The statements that do the same as [`insert`](Self::insert), to be executed in their order by a connection that is not one
    /// of sqlx. The rows that they return are not needed.
    #[must_use]
    fn insert_statements(events: &[NewEvent]) -> Vec<InsertStatement>;
}

/// The events as a JSON array of arrays: the values of each in the order of the columns.
pub(in crate::store) fn as_json(events: &[NewEvent]) -> String {
    let rows: Vec<_> = events
        .iter()
        .map(|event| {
            (
                &event.id,
                &event.topic,
                &event.key,
                event.version,
                event.time,
                event.due,
                &event.trace,
                &event.parent,
                &event.codec,
                &event.data,
            )
        })
        .collect();
    serde_json::to_string(&rows).expect("texts and numbers are JSON")
}
