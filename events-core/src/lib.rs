#![doc = include_str!("../../README.md")]

mod ambient;
mod engine;
mod event;
mod handler;
mod macros;
mod queue;
mod words;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use ambient::{
    CrateCounts, Entered, Problem, ScanError, ScanReport, Scanner, Scoped, Subscribers,
    WithRegistry, emit_mut, events, registry, scan, scanner, try_scan, with_registry,
};
pub use engine::{
    Afterwards, Batch, EmitAsync, EventStream, Lagged, NewSubscription, Next, Now, Registry,
    SubscribeError, Subscription, TryEmitAsync,
};
pub use event::{Event, Family, OwnedEvent, Snapshot};
pub use events_macros::{Event, flush_queue, subscriber};
pub use handler::{
    AsyncHandler, AsyncOutcome, DeferredHandler, Emission, EmissionId, Handler, Outcome, Param,
    State,
};
pub use queue::{
    Flush, Flushed, Queue, Shutdown, Unfinished, UnfinishedEvent, Work, Worker, flush_after,
};
pub use words::{
    BoxError, Cause, EmitError, Emitted, EventInfo, Failure, FieldInfo, IntoKey, Key, Location,
    Origin, Panic, QueueFull, SubscriberInfo, TooDeep, Undelivered,
};

/// The parts of derived builders: for naming a builder that is half done.
pub mod builder {
    pub use crate::event::{Build, Set, Unset};
}
