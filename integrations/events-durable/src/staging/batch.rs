//! The events that a unit of work has staged.
//!
//! Each event has a function before the commit of its own, which a savepoint that is rolled back drops. The last function that
//! runs writes what the others have collected: one batch.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use events_core::{failures::BoxError, units::UnitHandle};
use events_sqlx::{Tx, UnitTx};

use crate::store::{Engine, NewEvent};

/// The events of a unit.
#[derive(Default)]
struct Batch(Mutex<Staged>);

#[derive(Default)]
struct Staged {
    /// How many events are staged whose function has not run.
    waiting: usize,
    /// Those whose function has run.
    collected: Vec<NewEvent>,
}

/// An event that is staged; dropped, it is taken back.
struct StagedEvent {
    batch: Arc<Batch>,
    event: Option<NewEvent>,
}

impl Batch {
    /// Adds the event of a function that runs, and returns all, if it is the last one.
    fn collect(&self, event: NewEvent) -> Vec<NewEvent> {
        let mut staged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        staged.waiting -= 1;
        staged.collected.push(event);
        match staged.waiting {
            0 => mem::take(&mut staged.collected),
            _ => Vec::new(),
        }
    }
}

impl StagedEvent {
    async fn write<DB: Engine>(mut self, mut tx: Tx<'_, DB>) -> Result<(), BoxError> {
        let event = self.event.take();
        let events = event
            .map(|event| self.batch.collect(event))
            .unwrap_or_default();
        if !events.is_empty() {
            DB::insert(tx.conn(), &events).await?;
        }
        Ok(())
    }
}

impl Drop for StagedEvent {
    fn drop(&mut self) {
        if self.event.is_some() {
            let staged = self.batch.0.lock();
            staged.unwrap_or_else(PoisonError::into_inner).waiting -= 1;
        }
    }
}

/// Stages an event in a unit of work, to be written before its commit.
pub(crate) fn stage_in<DB: Engine>(
    unit: &UnitHandle,
    event: NewEvent,
    wake: impl FnOnce() + Send + 'static,
) -> Result<(), BoxError> {
    let Some(tx) = UnitTx::<DB>::of(unit) else {
        return Err(
            "the unit of work is not that of a transaction of this database, in which the event is to be stored; emit it with \
             `tx.emit(event).await` of a transaction that `store.begin()` has begun"
                .into(),
        );
    };
    let batch = unit.attached::<Batch>().unwrap_or_else(|| {
        let batch = Arc::<Batch>::default();
        unit.attach(Arc::clone(&batch));
        batch
    });
    {
        let mut staged = batch.0.lock().unwrap_or_else(PoisonError::into_inner);
        staged.waiting += 1;
    }
    let staged = StagedEvent {
        batch,
        event: Some(event),
    };
    tx.before_commit(move |tx| Box::pin(staged.write(tx)))?;
    unit.after_commit(wake)?;
    Ok(())
}
