//! Waking the workers of other programs.

use std::future::Future;

use sqlx::Pool;

use super::error::StoreError;

/// Waking the workers of other programs.
pub trait Wake: sqlx::Database {
    /// Receives what [`notify`](Self::notify) sends.
    type Listener: Listener;

    /// Wakes the listeners of all programs. After the commit, and not once for each event: notifications of PostgreSQL
    /// serialise the commits of their transactions. With SQLite it does nothing.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn notify(pool: &Pool<Self>) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// A listener with a connection of its own; `None` with SQLite, which has no notifications.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn listen(
        pool: &Pool<Self>,
    ) -> impl Future<Output = Result<Option<Self::Listener>, StoreError>> + Send;
}

/// Receives notifications.
pub trait Listener: Send + 'static {
    /// Returns when a notification has arrived since the last call, or when the connection was lost and is there again.
    ///
    /// # Errors
    ///
    /// If the connection is lost; the next call connects again.
    ///
    /// # Cancellation
    ///
    /// No notification is lost if the future is dropped.
    fn notified(&mut self) -> impl Future<Output = Result<(), StoreError>> + Send;
}
