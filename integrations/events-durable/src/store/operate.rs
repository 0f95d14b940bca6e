//! What an operator does: dead deliveries, replays, pauses, purges, counts.

use std::{future::Future, time::Duration};

use sqlx::Pool;

use super::{error::StoreError, event::StoredEvent};

/// How many events a purge deletes in one transaction.
pub(crate) const PURGE_BATCH: u32 = 1_000;

/// A dead delivery.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLetter {
    /// Attempts that failed.
    pub failed: i32,
    /// Attempts that ended without a result.
    pub lost: i32,
    /// The text of the last error.
    pub error: Option<String>,
    /// The event.
    pub event: StoredEvent,
}

/// Which events are delivered once more. The default is all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// Emitted at this time or later, in milliseconds since 1970.
    pub since: Option<i64>,
    /// Emitted before this time.
    pub until: Option<i64>,
    /// Of this topic alone.
    pub topic: Option<String>,
}

/// The deliveries of a subscriber, counted.
///
/// ```
/// use events_durable::Stats;
///
/// fn is_late(stats: &Stats) -> bool {
///     stats.oldest.is_some_and(|age| age.as_secs() > 60)
/// }
/// assert!(!is_late(&Stats::default()));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// The id of the subscriber.
    pub subscriber: String,
    /// Whether it is paused.
    pub paused: bool,
    /// All that are not done and not dead.
    pub depth: u64,
    /// Those that can be claimed now.
    pub ready: u64,
    /// Those that are claimed.
    pub in_flight: u64,
    /// Those that are dead.
    pub dead: u64,
    /// Failed and lost attempts of all that are not done and not dead.
    pub attempts: u64,
    /// How long the oldest event that is not done and not dead has been stored; `None` without one.
    pub oldest: Option<Duration>,
}

/// What an operator does.
pub trait Operate: sqlx::Database {
    /// These dead deliveries of a subscriber, `None`: all, the oldest event first.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn dead_list(
        pool: &Pool<Self>,
        subscriber: &str,
        seqs: Option<&[i64]>,
        limit: u32,
    ) -> impl Future<Output = Result<Vec<DeadLetter>, StoreError>> + Send;

    /// Tries these dead deliveries again, `None`: all, with all their attempts. Returns how many there were.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn dead_retry(
        pool: &Pool<Self>,
        subscriber: &str,
        seqs: Option<&[i64]>,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Deletes these dead deliveries, `None`: all. Returns how many there were.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn dead_discard(
        pool: &Pool<Self>,
        subscriber: &str,
        seqs: Option<&[i64]>,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Delivers events once more that are routed to this subscriber now; those that are due later, at that time. Deliveries that
    /// are not done, or dead, stay as they are. Returns how many were added.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn replay(
        pool: &Pool<Self>,
        subscriber: &str,
        which: &Replay,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Nothing of this subscriber is claimed until it is resumed. What is held is completed.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn pause(
        pool: &Pool<Self>,
        subscriber: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Ends a pause.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn resume(
        pool: &Pool<Self>,
        subscriber: &str,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Deletes the routes, the pause and the deliveries of a subscriber. Returns how many deliveries there were.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn retire(
        pool: &Pool<Self>,
        subscriber: &str,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Deletes the events that all subscribers have done for longer than this, each batch in a transaction of its own. Returns how
    /// many there were. The time counts from the first purge that finds no delivery of the event, and anew after a replay of it. On
    /// PostgreSQL a purge ends early while a replay runs; on SQLite one of them waits for the other.
    ///
    /// # Errors
    ///
    /// Of the database.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, some batches are deleted.
    fn purge(
        pool: &Pool<Self>,
        older_than: Duration,
        batch: u32,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// The ids that have a route or a delivery or are paused, sorted.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn subscriber_ids(
        pool: &Pool<Self>,
    ) -> impl Future<Output = Result<Vec<String>, StoreError>> + Send;

    /// The counts of each subscriber that has a route or a delivery or is paused, by their ids.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn stats(pool: &Pool<Self>) -> impl Future<Output = Result<Vec<Stats>, StoreError>> + Send;
}
