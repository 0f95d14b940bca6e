//! Dead letters.

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use super::{durable::Durable, error::DurableError};
use crate::{
    event::type_of,
    store::{self, Engine},
};

/// The dead letters of a subscriber: deliveries whose attempts are used up. Returned by
/// [`Durable::dead`](crate::Durable::dead).
///
/// ```
/// use events_durable::{Durable, DurableError};
/// use sqlx::Sqlite;
///
/// async fn try_all_again(store: &Durable<Sqlite>) -> Result<(), DurableError> {
///     for letter in store.dead("mail.confirm").list(50).await? {
///         println!("{} failed: {}", letter.id, letter.error);
///     }
///     store.dead("mail.confirm").retry().await?;
///     Ok(())
/// }
/// ```
#[must_use]
pub struct Dead<'s, DB: Engine> {
    store: &'s Durable<DB>,
    subscriber: String,
    seqs: Option<Vec<i64>>,
}

/// A delivery whose attempts are used up.
///
/// Its payload is JSON without the fields that are secret.
///
/// ```
/// use events_durable::DeadLetter;
///
/// fn line(dead: &DeadLetter) -> String {
///     format!("{} of {}: {}", dead.id, dead.topic, dead.error)
/// }
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetter {
    /// Its number, for [`Dead::only`].
    pub seq: i64,
    /// The id of the event.
    pub id: String,
    /// The topic of the event.
    pub topic: String,
    /// The key of the event.
    pub key: Option<String>,
    /// When the event was emitted.
    pub time: SystemTime,
    /// How many attempts failed.
    pub failed: u32,
    /// How many attempts were lost: their process ended.
    pub lost: u32,
    /// The error of the last attempt that failed; empty if all were lost.
    pub error: String,
    /// The payload without its secrets.
    pub payload: String,
}

impl<DB: Engine> Durable<DB> {
    /// The dead letters of a subscriber.
    pub fn dead(&self, subscriber: impl Into<String>) -> Dead<'_, DB> {
        Dead::new(self, subscriber.into())
    }
}

impl<'s, DB: Engine> Dead<'s, DB> {
    fn new(store: &'s Durable<DB>, subscriber: String) -> Self {
        Self {
            store,
            subscriber,
            seqs: None,
        }
    }

    /// Restricts it to the letters with these numbers.
    pub fn only(self, seqs: impl IntoIterator<Item = i64>) -> Self {
        let seqs = Some(seqs.into_iter().collect());
        Self { seqs, ..self }
    }

    /// The oldest ones, so many at most.
    ///
    /// # Errors
    ///
    /// Of the database; [`DurableError::UnknownSubscriber`].
    pub async fn list(&self, limit: u32) -> Result<Vec<DeadLetter>, DurableError> {
        let (pool, seqs) = (&self.store.0.pool, self.seqs.as_deref());
        let letters = DB::dead_list(pool, &self.subscriber, seqs, limit).await?;
        if letters.is_empty() {
            self.store.check_known(&self.subscriber).await?;
        }
        Ok(letters.into_iter().map(DeadLetter::of).collect())
    }

    /// Tries them again, with all their attempts. Returns how many there were.
    ///
    /// # Errors
    ///
    /// Of the database; [`DurableError::UnknownSubscriber`].
    pub async fn retry(&self) -> Result<u64, DurableError> {
        let pool = &self.store.0.pool;
        let count = DB::dead_retry(pool, &self.subscriber, self.seqs.as_deref()).await?;
        if count == 0 {
            self.store.check_known(&self.subscriber).await?;
        }
        Arc::clone(&self.store.0.waker).wake();
        Ok(count)
    }

    /// Deletes them: the subscriber does not receive these events. Returns how many there were.
    ///
    /// # Errors
    ///
    /// Of the database; [`DurableError::UnknownSubscriber`].
    pub async fn discard(&self) -> Result<u64, DurableError> {
        let pool = &self.store.0.pool;
        let count = DB::dead_discard(pool, &self.subscriber, self.seqs.as_deref()).await?;
        if count == 0 {
            self.store.check_known(&self.subscriber).await?;
        }
        Arc::clone(&self.store.0.waker).wake(); // the later ones of their keys
        Ok(count)
    }
}

impl DeadLetter {
    fn of(letter: store::DeadLetter) -> Self {
        let store::DeadLetter {
            failed,
            lost,
            error,
            event,
        } = letter;
        let payload = match type_of(&event.topic) {
            Some(one) if one.codec() == event.codec => one.redact(&event.data),
            _ => "[unknown]".to_owned(),
        };
        let since = Duration::from_millis(u64::try_from(event.time).unwrap_or(0));
        Self {
            seq: event.seq,
            id: event.id,
            topic: event.topic,
            key: event.key,
            time: UNIX_EPOCH + since,
            failed: u32::try_from(failed).unwrap_or(0),
            lost: u32::try_from(lost).unwrap_or(0),
            error: error.unwrap_or_default(),
            payload,
        }
    }
}

impl fmt::Debug for DeadLetter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DeadLetter")
            .field("seq", &self.seq)
            .field("id", &self.id)
            .field("topic", &self.topic)
            .field("failed", &self.failed)
            .field("lost", &self.lost)
            .finish_non_exhaustive()
    }
}

impl<DB: Engine> fmt::Debug for Dead<'_, DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Dead")
            .field("subscriber", &self.subscriber)
            .finish_non_exhaustive()
    }
}
