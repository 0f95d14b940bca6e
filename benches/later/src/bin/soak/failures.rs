//! Counts the logged failures, by a `tracing::Subscriber` that ignores all other records.

use std::{
    fmt,
    sync::atomic::{AtomicU64, Ordering},
};

use tracing::{
    Event, Level, Metadata,
    field::{Field, Visit},
    span::{Attributes, Id, Record},
    subscriber::Interest,
};

static LOGGED: AtomicU64 = AtomicU64::new(0);

/// Starts to count.
pub(crate) fn start_counting() {
    tracing::subscriber::set_global_default(Counter).expect("no other subscriber is set");
}

/// The number of logged failures since the last call.
pub(crate) fn take() -> u64 {
    LOGGED.swap(0, Ordering::Relaxed)
}

struct Counter;

impl tracing::Subscriber for Counter {
    fn register_callsite(&self, metadata: &'static Metadata<'static>) -> Interest {
        match self.enabled(metadata) {
            true => Interest::always(),
            false => Interest::never(),
        }
    }

    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_event()
            && metadata.target() == "events_core"
            && *metadata.level() == Level::ERROR
    }

    fn event(&self, event: &Event<'_>) {
        let mut failed = Failed(false);
        event.record(&mut failed);
        LOGGED.fetch_add(u64::from(failed.0), Ordering::Relaxed);
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Whether a record reports a failed subscriber.
struct Failed(bool);

impl Visit for Failed {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0 |= field.name() == "message" && format!("{value:?}") == "a subscriber failed";
    }
}
