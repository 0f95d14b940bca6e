//! Deliveries: claiming, and marking what became of them.

use std::{future::Future, time::Duration};

use sqlx::Pool;

#[cfg(any(feature = "sqlite", feature = "postgres"))]
use super::conn::SqlValue;
use super::{conn::Conn, error::StoreError, event::StoredEvent};

/// A delivery that this program holds until its lease ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// The id of the subscriber.
    pub subscriber: String,
    /// The number of this claim of the delivery: a later claim has a higher one, and makes this one void.
    pub fence: i32,
    /// The attempt that this claim is, from 1 on.
    pub attempt: i32,
    /// Attempts that ended without a result: the process died, or the lease ended.
    pub lost: i32,
    /// Whether it keeps others of its key waiting.
    pub per_key: bool,
    /// The event.
    pub event: StoredEvent,
}

impl Claim {
    /// The parameters of a statement on the delivery: its event, its subscriber, and the number of the claim.
    #[cfg(any(feature = "sqlite", feature = "postgres"))]
    pub(in crate::store) fn values(&self) -> [SqlValue<'_>; 3] {
        [
            SqlValue::BigInt(self.event.seq),
            SqlValue::Text(&self.subscriber),
            SqlValue::Int(self.fence),
        ]
    }
}

/// What becomes of a delivery whose handler failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is tried again after this time, by the clock of the database.
    After(Duration),
    /// It is dead.
    Dead(WhenDead),
}

/// What a dead delivery does to the later ones of its key.
///
/// ```
/// use events_durable::WhenDead;
///
/// assert_eq!(WhenDead::default(), WhenDead::Block);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenDead {
    /// They wait until it is tried again or discarded.
    #[default]
    Block,
    /// They are delivered without it.
    PassOver,
}

/// What `done` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Done {
    /// The claim is void: another one was made since. The transaction is to be rolled back.
    Void,
    /// The delivery is done.
    Done,
    /// It is done, and the next one of its key could not be made ready in this transaction. After the commit
    /// [`promote`](Deliver::promote) is to be called; without, [`sweep`](Deliver::sweep) finds it.
    Unpromoted,
}

/// What `failed` did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Failed {
    /// The claim is void: another one was made since.
    Void,
    /// It is written.
    Noted,
}

/// Claiming deliveries, and marking what became of them.
///
/// The clock is that of the database.
pub trait Deliver: sqlx::Database<Connection: Conn<Self>> {
    /// Takes up to `limit` deliveries that are due, the earliest first, for the time `lease`. The attempt is counted by the
    /// claim.
    ///
    /// A delivery of which an attempt was lost may be what ended the process. It is claimed alone, and only if no other such
    /// delivery of the subscriber is held. One whose attempts are used up is not claimed: see [`bury_lost`](Self::bury_lost).
    /// Nothing is claimed while the subscriber is paused.
    ///
    /// # Errors
    ///
    /// Of the database.
    ///
    /// # Cancellation
    ///
    /// If the future is dropped, the deliveries may be held until the lease ends, which counts as a lost attempt.
    fn claim(
        pool: &Pool<Self>,
        subscriber: &str,
        limit: u32,
        lease: Duration,
        most_attempts: u32,
    ) -> impl Future<Output = Result<Vec<Claim>, StoreError>> + Send;

    /// In the transaction of a handler, before it: whether the claim is valid. It stays so until the transaction ends, however
    /// long that takes. With SQLite, no other transaction writes until then.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn hold(
        conn: &mut impl Conn<Self>,
        claim: &Claim,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// In the transaction of a handler, or in one of its own: deletes the delivery, and makes the next one of its key ready. Before
    /// the handler it is also what [`hold`](Self::hold) is; with a key it comes after it, since events of the key are not stored from
    /// then on until the transaction ends.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn done(
        conn: &mut impl Conn<Self>,
        claim: &Claim,
    ) -> impl Future<Output = Result<Done, StoreError>> + Send;

    /// Makes the next delivery of the key of this one ready, after the commit of an `Unpromoted` done. Returns whether there
    /// was one.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn promote(
        pool: &Pool<Self>,
        claim: &Claim,
    ) -> impl Future<Output = Result<bool, StoreError>> + Send;

    /// After the rollback of a handler that failed: counts the attempt as failed. The text of the error is cut off after 2,000
    /// characters.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn failed(
        pool: &Pool<Self>,
        claim: &Claim,
        error: &str,
        next: Next,
    ) -> impl Future<Output = Result<Failed, StoreError>> + Send;

    /// Gives back claims whose handler has not begun, or is to run again without counting the attempt; after `delay` they are
    /// due. Void ones are left out. Returns how many there were.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn hand_back(
        pool: &Pool<Self>,
        claims: &[&Claim],
        delay: Duration,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Sets the ends of the leases to `lease` from now; for handlers that do not hold their delivery. Returns for each claim
    /// whether it is still valid.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn extend(
        pool: &Pool<Self>,
        claims: &[&Claim],
        lease: Duration,
    ) -> impl Future<Output = Result<Vec<bool>, StoreError>> + Send;

    /// [`extend`](Self::extend) in the transaction of the caller.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn extend_in(
        conn: &mut impl Conn<Self>,
        claims: &[&Claim],
        lease: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;

    /// Makes those dead whose last attempt was lost. To be called before a worker idles. Returns how many there were.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn bury_lost(
        pool: &Pool<Self>,
        subscriber: &str,
        most_attempts: u32,
        when_dead: WhenDead,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// Makes the first delivery of each key ready that is not, because a process ended between two steps. To be called now and
    /// then. Returns how many there were.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn sweep(
        pool: &Pool<Self>,
        subscriber: &str,
    ) -> impl Future<Output = Result<u64, StoreError>> + Send;

    /// How long it takes until the next delivery of one of these subscribers is due, or the next lease ends; those that are due
    /// now are left out, as are paused subscribers.
    ///
    /// # Errors
    ///
    /// Of the database.
    fn next_due(
        pool: &Pool<Self>,
        subscribers: &[String],
    ) -> impl Future<Output = Result<Option<Duration>, StoreError>> + Send;
}
