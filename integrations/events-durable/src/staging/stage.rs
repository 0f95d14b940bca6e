//! Storing an event that is emitted.

use std::{
    future::ready,
    sync::Arc,
    time::{SystemTime, UNIX_EPOCH},
};

use events_core::{failures::BoxError, units::current_unit};
use events_sqlx::Tx;

use super::unit::stage_in;
use crate::{
    event::{Encoded, StoreEncoded, StoreFuture},
    store::{Engine, NewEvent},
    wake::Waker,
};

/// The id of the event whose handler a unit belongs to.
pub(crate) struct Parent(pub(crate) String);

/// Milliseconds since 1970, by the clock of this program.
pub(crate) fn now() -> i64 {
    millis(SystemTime::now())
}

/// Milliseconds since 1970.
pub(crate) fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// The event as it is stored now.
pub(crate) fn new_event(encoded: Encoded, due: Option<i64>, trace: Option<String>) -> NewEvent {
    let Encoded {
        topic,
        key,
        version,
        codec,
        data,
    } = encoded;
    let parent = current_unit().and_then(|unit| unit.attached::<Parent>());
    NewEvent {
        id: uuid::Uuid::now_v7().to_string(),
        topic: topic.to_owned(),
        key,
        version,
        time: now(),
        due,
        // PostgreSQL does not store NUL in a text.
        trace: trace.map(|trace| trace.replace('\0', " ")),
        parent: parent.map(|parent| parent.0.clone()),
        codec: codec.to_owned(),
        data,
    }
}

/// What stores the events that are emitted to a registry.
pub(crate) struct Staging<DB: Engine>(pub(crate) Arc<Waker<DB>>);

impl<DB: Engine> StoreEncoded for Staging<DB> {
    fn store(&self, event: Encoded) -> Result<(), BoxError> {
        let Some(unit) = current_unit() else {
            return Err(format!(
                "the event `{}` is durable, and was emitted outside of a transaction by an emit that does not wait: it is not \
                 stored; begin one with `let mut tx = store.begin().await?`, and emit with `tx.emit(event).await?`; or use \
                 `emit_async`, which stores it in a transaction of its own",
                event.topic
            )
            .into());
        };
        let waker = Arc::clone(&self.0);
        let event = new_event(event, None, waker.trace());
        let span = waker.keep_span(&event);
        stage_in::<DB>(&unit, event, move || {
            span.stored();
            waker.wake();
        })
    }

    fn store_async(&self, event: Encoded) -> StoreFuture<'_> {
        if current_unit().is_some() {
            return Box::pin(ready(self.store(event)));
        }
        let event = new_event(event, None, self.0.trace());
        let span = self.0.keep_span(&event);
        Box::pin(async move {
            let mut tx = Tx::begin_with(self.0.pool(), DB::BEGIN_TX).await?;
            DB::insert_last(&mut tx, &[event]).await?;
            tx.commit().await?;
            span.stored();
            Arc::clone(&self.0).wake();
            Ok(())
        })
    }
}
