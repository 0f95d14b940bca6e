//! The transaction of a delivery, which its subscriber takes: one of `events-sqlx`, or of `events-seaorm`.

use std::{error::Error, future::Future, sync::Arc};

use events_core::delivering::Delivering;
use events_sqlx::{Tx, TxError};

use super::backoff::is_serialization;
use crate::{
    facade::{Durable, Takes},
    staging::Parent,
    store::{Claim, Done, Engine, StoreError},
};

/// The transaction of a delivery.
pub(super) enum Transaction<DB: Engine> {
    Sqlx(Tx<'static, DB>),
    #[cfg(feature = "seaorm")]
    SeaOrm(events_seaorm::Tx),
}

/// Why a transaction was not begun or not committed.
pub(super) enum Refused {
    /// Another one was in the way.
    Conflict,
    Database(StoreError),
    /// Something else, such as a function before the commit.
    Other(String),
}

impl Refused {
    fn new(error: &(dyn Error + 'static), of_database: Option<StoreError>) -> Self {
        if is_serialization(error) {
            return Self::Conflict;
        }
        match of_database {
            Some(error) => Self::Database(error),
            None => Self::Other(error.to_string()),
        }
    }
}

impl From<TxError> for Refused {
    fn from(error: TxError) -> Self {
        let of_database = match &error {
            TxError::Database(error) => Some(error.into()),
            _ => None,
        };
        Self::new(&error, of_database)
    }
}

#[cfg(feature = "seaorm")]
impl From<sea_orm::DbErr> for Refused {
    fn from(error: sea_orm::DbErr) -> Self {
        let is_of_database = matches!(error, sea_orm::DbErr::ConnectionAcquire(_))
            || crate::store::of_sqlx(&error).is_some();
        Self::new(&error, is_of_database.then(|| error.clone().into()))
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

    /// Has what the subscriber emits know the event that is delivered.
    pub(super) fn set_parent(&self, id: &str) {
        let unit = match self {
            Self::Sqlx(tx) => tx.handle(),
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => tx.handle(),
        };
        unit.attach(Arc::new(Parent(id.to_owned())));
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

    pub(super) async fn commit(self) -> Result<(), Refused> {
        match self {
            Self::Sqlx(tx) => Ok(tx.commit().await?),
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => Ok(tx.commit().await?),
        }
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
