//! The events that a unit of work has staged.
//!
//! Each event has a function before the commit of its own, which a savepoint that is rolled back drops. The last function that
//! runs writes what the others have collected: one batch.

use std::{
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use events_core::units::UnitHandle;

use crate::store::NewEvent;

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
pub(super) struct StagedEvent {
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
    /// Adds an event to those of the unit.
    pub(super) fn new(unit: &UnitHandle, event: NewEvent) -> Self {
        let batch = unit.attached::<Batch>().unwrap_or_else(|| {
            let batch = Arc::<Batch>::default();
            unit.attach(Arc::clone(&batch));
            batch
        });
        {
            let mut staged = batch.0.lock().unwrap_or_else(PoisonError::into_inner);
            staged.waiting += 1;
        }
        Self {
            batch,
            event: Some(event),
        }
    }

    /// The events that its function writes: all of the unit, if it is the last one that runs.
    pub(super) fn collect(mut self) -> Vec<NewEvent> {
        let event = self.event.take();
        let events = event.map(|event| self.batch.collect(event));
        events.unwrap_or_default()
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
