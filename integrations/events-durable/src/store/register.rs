//! Which subscribers receive the events of a topic.

use std::future::Future;

use super::error::StoreError;

/// Events of this topic are delivered to this subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// A topic, not a pattern.
    pub topic: String,
    /// The id of the subscriber.
    pub subscriber: String,
    /// Whether it receives the events of a key one at a time and in order.
    pub per_key: bool,
}

/// The ids of the subscribers of the database, sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Registered {
    /// Those of this program that the database did not have.
    pub new: Vec<String>,
    /// Those of this program that it had.
    pub known: Vec<String>,
    /// Those in the database that this program does not have.
    pub orphaned: Vec<String>,
    /// Those that were `per_key` in the database and are not in this program, or the reverse.
    pub changed: Vec<String>,
}

/// Adding topics and routes.
pub trait Register: sqlx::Database {
    /// Adds these topics, and returns all that any program has added, sorted. With these the program matches its patterns.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn add_topics(
        conn: &mut Self::Connection,
        topics: &[String],
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// Adds these routes, and removes the stale ones, each a topic and a subscriber; all others are kept. Events that are stored
    /// later have deliveries for them.
    ///
    /// `subscribers` are the ids of all durable subscribers of the program, also of those without a route.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn register(
        conn: &mut Self::Connection,
        subscribers: &[String],
        routes: &[Route],
        stale: &[(String, String)],
    ) -> impl Future<Output = Result<Registered, StoreError>> + Send;
}
