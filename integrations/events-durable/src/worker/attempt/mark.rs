//! An attempt, and marking its end.

use std::{sync::Arc, time::Duration};

use events_sqlx::Tx;

use super::backoff::next;
use crate::{
    facade::{Durable, Receiver},
    store::{Claim, Done, Engine, Failed, Next, StoreError},
    worker::batch::InHand,
};

/// A delivery that is to be made.
pub(in crate::worker) struct Attempt<'a, DB: Engine> {
    pub(in crate::worker) store: &'a Durable<DB>,
    pub(in crate::worker) receiver: &'a Receiver,
    pub(in crate::worker) claim: &'a Arc<Claim>,
    pub(in crate::worker) in_hand: &'a InHand,
    pub(in crate::worker) lease: Duration,
    pub(in crate::worker) poll_interval: Duration,
}

/// What is to be marked.
pub(super) enum End {
    /// It is marked already, or another worker has it.
    Marked,
    /// The subscriber has it, or does not want it.
    Done,
    /// It is tried again, and this attempt is not counted.
    Again(Duration),
    Failed(String),
}

/// How long a transaction waits at first that was in the way of another one; each time, twice as long.
pub(super) const CONFLICT: Duration = Duration::from_millis(5);

impl<DB: Engine> Attempt<'_, DB> {
    pub(super) fn attempt(&self) -> u32 {
        u32::try_from(self.claim.attempt).unwrap_or(u32::MAX)
    }

    /// Marks it. An error is one of the database.
    pub(super) async fn mark(&self, end: End) -> Result<(), StoreError> {
        let pool = &self.store.0.pool;
        match end {
            End::Marked => {}
            End::Done => self.mark_done().await?,
            End::Again(delay) => _ = DB::hand_back(pool, &[self.claim], delay).await?,
            End::Failed(error) => {
                let when_dead = self.store.0.settings.when_dead;
                let next = next(&self.receiver.retry, self.attempt(), when_dead);
                loop {
                    match DB::failed(pool, self.claim, &error, next).await {
                        Ok(Failed::Noted) => {
                            self.log(&error, next);
                            break;
                        }
                        Ok(Failed::Void) => break,
                        Err(error) if error.is_serialization() => {
                            tokio::time::sleep(CONFLICT).await;
                        }
                        Err(error) => return Err(error),
                    }
                }
            }
        }
        Ok(())
    }

    /// Logs a failed attempt.
    fn log(&self, error: &str, next: Next) {
        match next {
            Next::After(delay) => tracing::warn!(
                target: "events_durable",
                subscriber = self.receiver.id(),
                topic = self.claim.event.topic,
                event = self.claim.event.id,
                cause = error,
                attempt = self.attempt(),
                delay = ?delay,
                "a subscriber failed, and its delivery is repeated",
            ),
            Next::Dead(_) => tracing::error!(
                target: "events_durable",
                subscriber = self.receiver.id(),
                topic = self.claim.event.topic,
                event = self.claim.event.id,
                cause = error,
                attempts = self.attempt(),
                "a delivery is dead: its attempts are used up",
            ),
        }
    }

    /// Marks a delivery done in a transaction of its own.
    async fn mark_done(&self) -> Result<(), StoreError> {
        let pool = &self.store.0.pool;
        loop {
            let done = async {
                // Not one of sqlx, whose BEGIN stays open on the connection if this is dropped in it.
                let mut tx = Tx::begin_with(pool, DB::BEGIN).await?;
                let done = DB::done(tx.conn(), self.claim).await?;
                tx.commit().await?;
                Ok::<_, StoreError>(done)
            };
            match done.await {
                Ok(Done::Unpromoted) => {
                    DB::promote(pool, self.claim).await?;
                    return Ok(());
                }
                Ok(Done::Done | Done::Void) => return Ok(()),
                Err(error) if error.is_serialization() => tokio::time::sleep(CONFLICT).await,
                Err(error) => return Err(error),
            }
        }
    }
}
