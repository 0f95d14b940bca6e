//! Events that are delivered once more.

use std::{
    fmt,
    future::{Future, IntoFuture},
    pin::Pin,
    sync::Arc,
    time::SystemTime,
};

use super::{durable::Durable, error::DurableError};
use crate::{
    staging::millis,
    store::{self, Engine},
};

/// Delivers stored events once more to a subscriber; returned by [`Durable::replay`](crate::Durable::replay). Awaited, it does so,
/// and returns how many deliveries were added.
///
/// Only events are there that were not purged. Those that the subscriber has not received yet are not delivered twice, and those
/// that are due later are delivered then.
///
/// # Errors
///
/// Of the database; [`DurableError::UnknownSubscriber`].
///
/// # Cancellation
///
/// If the future is dropped, all deliveries are added or none.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use events_durable::{Durable, DurableError};
/// use sqlx::Sqlite;
///
/// async fn book_again(store: &Durable<Sqlite>) -> Result<u64, DurableError> {
///     let yesterday = SystemTime::now() - Duration::from_hours(24);
///     store.replay("ledger.book").since(yesterday).await
/// }
/// ```
#[must_use = "nothing is delivered before it is awaited"]
pub struct Replay<'s, DB: Engine> {
    store: &'s Durable<DB>,
    subscriber: String,
    which: store::Replay,
}

impl<DB: Engine> Durable<DB> {
    /// Delivers stored events once more to a subscriber.
    pub fn replay(&self, subscriber: impl Into<String>) -> Replay<'_, DB> {
        Replay::new(self, subscriber.into())
    }
}

impl<'s, DB: Engine> Replay<'s, DB> {
    fn new(store: &'s Durable<DB>, subscriber: String) -> Self {
        Self {
            store,
            subscriber,
            which: store::Replay::default(),
        }
    }

    /// Only events that were emitted at this time or later.
    pub fn since(mut self, time: SystemTime) -> Self {
        self.which.since = Some(millis(time));
        self
    }

    /// Only events that were emitted before this time.
    pub fn until(mut self, time: SystemTime) -> Self {
        self.which.until = Some(millis(time));
        self
    }

    /// Only events with this topic.
    pub fn topic(mut self, topic: impl Into<String>) -> Self {
        self.which.topic = Some(topic.into());
        self
    }
}

impl<'s, DB: Engine> IntoFuture for Replay<'s, DB> {
    type Output = Result<u64, DurableError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send + 's>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move {
            let count = DB::replay(&self.store.0.pool, &self.subscriber, &self.which).await?;
            if count == 0 {
                self.store.check_known(&self.subscriber).await?;
            }
            Arc::clone(&self.store.0.waker).wake();
            Ok(count)
        })
    }
}

impl<DB: Engine> fmt::Debug for Replay<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replay")
            .field("subscriber", &self.subscriber)
            .field("which", &self.which)
            .finish_non_exhaustive()
    }
}
