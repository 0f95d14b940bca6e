//! The events before a write, and what their subscribers decide: whether it happens, and what it writes.

use events_core::{
    Event, Registry,
    record::{Deleting, Updating},
};
use sea_orm::DbErr;

use super::veto;
use crate::{
    record::{
        draft::{adopt_insert, adopt_update, changed_record, creating, new_record},
        observed::{Observed, ObservedActiveModel},
        register::register_observed,
    },
    transaction::Tx,
};

/// Where the events before a write are emitted.
pub(crate) enum Checks<'c> {
    /// In the transaction of the write, which their subscribers can take.
    Tx(&'c Tx),
    /// The write has another connection.
    Registry(&'c Registry),
}

impl Checks<'_> {
    async fn emit<E: Event + Send>(&self, event: E) -> E {
        match self {
            Self::Tx(tx) => tx.emit_check(event).await,
            Self::Registry(registry) => registry.emit_async(event).await,
        }
    }

    /// Emits `Creating`, and takes over what its subscribers have changed.
    pub(crate) async fn insert<A: ObservedActiveModel>(&self, active: &mut A) -> Result<(), DbErr> {
        register_observed::<A::Model>();
        let shown = new_record(active)?;
        let event = self.emit(creating(active, &shown)).await;
        veto::check(event.vetoes(), event.failed_checks())?;
        adopt_insert(active, &shown, &event);
        Ok(())
    }

    /// Emits `Updating` if the update changes the row, and takes over what its subscribers have changed.
    pub(in crate::record) async fn update<A: ObservedActiveModel>(
        &self,
        active: &mut A,
        old: &A::Model,
    ) -> Result<(), DbErr> {
        let new = changed_record(old, &*active);
        let changed = self.changed_row(old, new.clone()).await?;
        changed.map_or(Ok(()), |left| adopt_update(active, &new, &left))
    }

    /// Emits `Updating` if the rows differ, and returns the record as its subscribers have left it.
    pub(crate) async fn changed_row<M>(&self, old: &M, new: M) -> Result<Option<M>, DbErr>
    where
        M: Observed + Clone + Send + Sync,
    {
        register_observed::<M>();
        let diff = M::diff(old, &new);
        if diff.is_empty() {
            return Ok(None);
        }
        let event = self.emit(Updating::new(new, diff)).await;
        veto::check(event.vetoes(), event.failed_checks())?;
        Ok(Some(event.record))
    }

    /// Emits `Deleting`.
    pub(crate) async fn delete<M>(&self, row: M) -> Result<(), DbErr>
    where
        M: Observed + Clone + Send + Sync,
    {
        register_observed::<M>();
        let event = self.emit(Deleting::new(row)).await;
        veto::check(event.vetoes(), event.failed_checks())
    }
}
