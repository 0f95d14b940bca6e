//! The transaction of a delivery, which its subscriber takes: one of `events-sqlx`, or of `events-seaorm`.

use std::{
    error::Error,
    future::Future,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use events_core::{
    Failure,
    delivering::{Delivering, EmitFailures},
    failures::BoxError,
    outcomes::SubscriberOutcome,
    units::UnitHandle,
};
use events_sqlx::{Tx, TxError};
use sqlx::Connection;

use super::backoff::{gone, is_serialization, store_error};
use crate::{
    facade::{Durable, Takes},
    staging::Parent,
    store::{Claim, Done, Engine, StoreError},
};

/// The transaction of a delivery.
pub(in crate::worker) enum Transaction<DB: Engine> {
    Sqlx(Tx<'static, DB>),
    #[cfg(feature = "seaorm")]
    SeaOrm(events_seaorm::Tx),
}

/// Why a transaction was not begun or not committed.
pub(super) enum Refused {
    /// Another one was in the way.
    Conflict(String),
    Database(StoreError),
    /// Something else, such as a function before the commit.
    Other(String),
}

impl Refused {
    fn new(error: &(dyn Error + 'static)) -> Self {
        if is_serialization(error) {
            return Self::Conflict(error.to_string());
        }
        match store_error(error) {
            Some(error) => Self::Database(error),
            None => Self::Other(error.to_string()),
        }
    }
}

impl From<TxError> for Refused {
    fn from(error: TxError) -> Self {
        Self::new(&error)
    }
}

#[cfg(feature = "seaorm")]
impl From<sea_orm::DbErr> for Refused {
    fn from(error: sea_orm::DbErr) -> Self {
        Self::new(&error)
    }
}

impl From<StoreError> for Refused {
    fn from(error: StoreError) -> Self {
        Self::new(&error)
    }
}

/// What a mark before the commit has returned; `None` if it was not reached.
#[derive(Clone, Default)]
pub(super) struct Marked(Arc<Mutex<Option<Result<Done, StoreError>>>>);

impl Marked {
    /// Keeps it. An error ends the commit, as does a claim that is void.
    fn set(&self, marked: Result<Done, StoreError>) -> Result<(), BoxError> {
        let result = match &marked {
            Ok(Done::Done | Done::Unpromoted) => Ok(()),
            Ok(Done::Void) => Err("another worker has the delivery".into()),
            Err(error) => Err(error.clone().into()),
        };
        *self.lock() = Some(marked);
        result
    }

    pub(super) fn take(&self) -> Option<Result<Done, StoreError>> {
        self.lock().take()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Result<Done, StoreError>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<DB: Engine> Transaction<DB> {
    /// Begins the one that the subscriber takes.
    pub(super) async fn begin(store: &Durable<DB>, takes: Takes) -> Result<Self, Refused> {
        let pool = &store.0.pool;
        match takes {
            #[cfg(feature = "seaorm")]
            Takes::SeaOrm => {
                use sea_orm::TransactionTrait;
                let db = events_seaorm::Db::new(DB::sea_orm(pool));
                Ok(Self::SeaOrm(db.begin().await?))
            }
            _ => Ok(Self::Sqlx(Tx::begin_with(pool, DB::BEGIN).await?)),
        }
    }

    fn unit(&self) -> UnitHandle {
        match self {
            Self::Sqlx(tx) => tx.handle(),
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => tx.handle(),
        }
    }

    /// Has what the subscriber emits know the event that is delivered.
    pub(super) fn set_parent(&self, id: &str) {
        self.unit().attach(Arc::new(Parent(id.to_owned())));
    }

    /// Whether the subscriber has failed since another transaction was in the way of a subscriber of what it has emitted: its error, or
    /// a source of it, shows that. One that has handled it fails for a reason of its own.
    pub(super) fn has_conflict(&self, outcome: &SubscriberOutcome) -> bool {
        let (SubscriberOutcome::Failed(failure) | SubscriberOutcome::Retrying(failure)) = outcome
        else {
            return false;
        };
        let in_emit = EmitFailures::of(&self.unit());
        let is_conflict = |one: &&Failure| one.error().is_some_and(|error| is_serialization(error));
        in_emit.iter().filter(is_conflict).any(|conflict| {
            let text = conflict.to_string();
            let mut causes = failure.causes();
            causes.any(|error| error.to_string().contains(&text))
        })
    }

    /// The error of a database that is gone, with which the last emit of the subscriber that failed did so.
    pub(super) fn gone_in_emit(&self) -> Option<StoreError> {
        let failures = EmitFailures::of(&self.unit());
        let mut errors = failures.iter().filter_map(Failure::error);
        errors.find_map(|error| gone(error))
    }

    pub(super) async fn hold(&mut self, claim: &Claim) -> Result<bool, StoreError> {
        match self {
            Self::Sqlx(tx) => DB::hold(tx.conn(), claim).await,
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => DB::hold(tx, claim).await,
        }
    }

    pub(super) async fn done(&mut self, claim: &Claim) -> Result<Done, StoreError> {
        match self {
            Self::Sqlx(tx) => DB::done(tx.conn(), claim).await,
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => DB::done(tx, claim).await,
        }
    }

    /// Delivers to the subscriber, which takes the transaction.
    pub(super) async fn deliver<F: Future>(
        &mut self,
        delivering: Delivering,
        call: impl FnOnce(Delivering) -> F,
    ) -> F::Output {
        match self {
            Self::Sqlx(tx) => tx.deliver(delivering, call).await,
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => tx.deliver(delivering, call).await,
        }
    }

    /// Marks the delivery as done after the events that its subscriber has emitted are stored. Storing waits for the locks of
    /// their keys, and the mark keeps that of its own key, for which it does not wait: so no two deliveries wait for each other.
    pub(super) fn mark_before_commit(&self, claim: &Arc<Claim>) -> Marked {
        let marked = Marked::default();
        let (claim, noted) = (Arc::clone(claim), marked.clone());
        match self {
            Self::Sqlx(tx) => tx.before_commit(move |mut tx| {
                Box::pin(async move { noted.set(DB::done(tx.conn(), &claim).await) })
            }),
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => {
                let unit = events_seaorm::UnitTx::of(&tx.handle());
                let added = unit.map(|unit| {
                    unit.before_commit(async move |mut tx| {
                        noted.set(DB::done(&mut tx, &claim).await)
                    })
                });
                debug_assert!(
                    matches!(added, Some(Ok(()))),
                    "the unit is open as long as the transaction"
                );
            }
        }
        marked
    }

    /// Whether its connection is lost.
    pub(super) async fn is_gone(&mut self) -> bool {
        match self {
            Self::Sqlx(tx) => tx.conn().ping().await.is_err(),
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => {
                use sea_orm::ConnectionTrait;
                // A transaction that has failed refuses each statement.
                let pinged = tx.execute_unprepared("SELECT 1").await;
                pinged.is_err_and(|error| matches!(error.into(), StoreError::Gone(_)))
            }
        }
    }

    /// Sets the ends of the leases of these.
    pub(super) async fn extend(
        &mut self,
        claims: &[&Claim],
        lease: Duration,
    ) -> Result<(), StoreError> {
        match self {
            Self::Sqlx(tx) => DB::extend_in(tx.conn(), claims, lease).await,
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => DB::extend_in(tx, claims, lease).await,
        }
    }

    /// Commits it, and returns that of the next delivery if it was begun with the same message.
    pub(super) async fn commit(self, has_next: bool) -> Result<Option<Self>, Refused> {
        match self {
            Self::Sqlx(tx) if has_next => {
                return Ok(tx.commit_and_begin().await?.map(Self::Sqlx));
            }
            Self::Sqlx(tx) => tx.commit().await?,
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => tx.commit().await?,
        }
        Ok(None)
    }

    /// Rolls it back. An error is none of the delivery: the connection is closed then, which rolls back as well.
    pub(super) async fn rollback(self) {
        match self {
            Self::Sqlx(tx) => drop(tx.rollback().await),
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => drop(tx.rollback().await),
        }
    }
}
