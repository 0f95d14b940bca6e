//! Storing events.

use std::future::Future;

use super::{error::StoreError, event::NewEvent};

/// What an insert wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Inserted {
    /// The subscribers with a delivery of any of the events, each once.
    pub subscribers: Vec<String>,
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
    /// Of the database; `Duplicate` if an id is stored already.
    fn insert(
        conn: &mut Self::Connection,
        events: &[NewEvent],
    ) -> impl Future<Output = Result<Inserted, StoreError>> + Send;
}
