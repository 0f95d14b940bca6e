//! Staging events in the transaction of a unit of work, whichever integration has begun it.

use events_core::{
    failures::BoxError,
    units::{UnitEnded, UnitHandle},
};
use events_sqlx::UnitTx;

use super::batch::StagedEvent;
use crate::store::{Engine, NewEvent};

/// The transaction of a unit of work.
enum UnitTransaction<DB: Engine> {
    Sqlx(UnitTx<DB>),
    #[cfg(feature = "seaorm")]
    SeaOrm(events_seaorm::UnitTx),
}

impl<DB: Engine> UnitTransaction<DB> {
    /// That of this unit; `None` if it has none of this database.
    fn of(unit: &UnitHandle) -> Option<Self> {
        if let Some(tx) = UnitTx::of(unit) {
            return Some(Self::Sqlx(tx));
        }
        #[cfg(feature = "seaorm")]
        if let Some(tx) = events_seaorm::UnitTx::of(unit)
            && tx.backend() == DB::SEA_ORM
        {
            return Some(Self::SeaOrm(tx));
        }
        None
    }

    /// Has the event written before the commit, in one batch with the others.
    fn stage(&self, staged: StagedEvent) -> Result<(), UnitEnded> {
        match self {
            Self::Sqlx(tx) => tx.before_commit(move |mut tx| {
                Box::pin(async move {
                    let events = staged.collect();
                    if !events.is_empty() {
                        DB::insert_last(&mut tx, &events).await?;
                    }
                    Ok(())
                })
            }),
            #[cfg(feature = "seaorm")]
            Self::SeaOrm(tx) => tx.before_commit(async move |tx| {
                let events = staged.collect();
                if !events.is_empty() {
                    super::seaorm::insert::<DB>(&tx, &events).await?;
                }
                Ok(())
            }),
        }
    }
}

/// Stages an event in a unit of work, to be written before its commit.
pub(crate) fn stage_in<DB: Engine>(
    unit: &UnitHandle,
    event: NewEvent,
    wake: impl FnOnce() + Send + 'static,
) -> Result<(), BoxError> {
    let Some(tx) = UnitTransaction::<DB>::of(unit) else {
        return Err(
            "the unit of work is not that of a transaction of this database, in which the event is to be stored; emit it with \
             `tx.emit(event).await` of a transaction that `store.begin()` has begun, or, with the feature `seaorm`, of one of \
             `events_seaorm`"
                .into(),
        );
    };
    tx.stage(StagedEvent::new(unit, event))?;
    unit.after_commit(wake)?;
    Ok(())
}
