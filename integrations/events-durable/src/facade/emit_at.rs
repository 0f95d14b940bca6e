//! Events that are due later.

use std::{sync::Arc, time::SystemTime};

use events_sqlx::Tx;

use super::{durable::Durable, error::DurableError};
use crate::{
    event::{DurableEvent, encode},
    staging::{millis, new_event, stage_in},
    store::Engine,
};

/// Storing an event in a transaction that is delivered later: `tx.emit_at(&store, time, event)`.
///
/// ```
/// use std::time::{Duration, SystemTime};
/// use events_core::Event;
/// use events_durable::{Durable, DurableError, EmitAt};
/// use serde::{Deserialize, Serialize};
/// use sqlx::Sqlite;
///
/// #[derive(Event, Durable, Clone, Serialize, Deserialize)]
/// struct PaymentDue {
///     order: u64,
/// }
///
/// async fn remind(store: &Durable<Sqlite>) -> Result<(), DurableError> {
///     let mut tx = store.begin().await?;
///     let time = SystemTime::now() + Duration::from_hours(14 * 24);
///     tx.emit_at(store, time, &PaymentDue { order: 7 })?;
///     tx.commit().await?;
///     Ok(())
/// }
/// # fn main() {}
/// ```
pub trait EmitAt<DB: Engine> {
    /// Stores the event before the commit, to be delivered at that time. Only durable subscribers receive it.
    ///
    /// # Errors
    ///
    /// If the event cannot be written, or the transaction has ended.
    fn emit_at<E: DurableEvent>(
        &mut self,
        store: &Durable<DB>,
        time: SystemTime,
        event: &E,
    ) -> Result<(), DurableError>;
}

impl<DB: Engine> EmitAt<DB> for Tx<'_, DB> {
    fn emit_at<E: DurableEvent>(
        &mut self,
        store: &Durable<DB>,
        time: SystemTime,
        event: &E,
    ) -> Result<(), DurableError> {
        let waker = Arc::clone(&store.0.waker);
        let encoded = encode(event).map_err(DurableError::Encode)?;
        let event = new_event(encoded, Some(millis(time)), waker.trace());
        stage_in::<DB>(&self.handle(), event, move || waker.wake_here())
            .map_err(DurableError::Encode)
    }
}
