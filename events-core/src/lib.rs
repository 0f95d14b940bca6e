#![doc = include_str!("../../README.md")]

mod ambient;
mod bridge;
mod engine;
mod event;
mod handler;
mod macros;
mod queue;
mod stock;
mod words;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[doc(hidden)]
#[path = "testing.rs"]
pub mod __testing;

pub use ambient::{
    CrateCounts, Entered, Problem, ScanError, ScanReport, Scanner, Scoped, Subscribers,
    WithRegistry, emit_mut, emit_topic, events, registry, scan, scanner, try_emit_topic, try_scan,
    with_registry,
};
pub use bridge::{
    Bridge, Bridged, Connection, Ended, Run, Signal, WhyEnded, bridge, signal_to_event,
};
pub use engine::{
    Afterwards, Batch, ByTopic, EmitAsync, EventStream, Lagged, Listener, NewSubscription, Next,
    Now, Registry, SubscribeError, Subscription, TryEmitAsync,
};
pub use event::{AnyEvent, Args, Event, Family, OwnedEvent, Snapshot};
pub use events_macros::{Event, flush_queue, listener, observer, on, subscriber};
pub use handler::{
    AsyncHandler, AsyncOutcome, DeferredHandler, Emission, EmissionId, Handler, Outcome, Param,
    State, TopicHandler,
};
pub use queue::{
    Flush, Flushed, Queue, Settle, Shutdown, Unfinished, UnfinishedEvent, Work, Worker, flush_after,
};
pub use stock::{auth, record};
pub use words::{
    BoxError, Cause, EmitError, Emitted, EventInfo, Failure, FieldInfo, IntoKey, Key, Location,
    Origin, Panic, PatternError, QueueFull, SubscriberInfo, TooDeep, Undelivered,
};

/// The parts of derived builders: for naming a builder that is half done.
pub mod builder {
    pub use crate::event::{Build, Set, Unset};
}

/// The parts of bridges: for naming a bridge that is half done.
pub mod bridges {
    pub use crate::bridge::{
        AnyItem, Choose, FromResults, FromSignal, FromStream, Keep, Kept, KnowsSenders, PollSource,
        Senders, Source, To, Undecided, Unsent, Whose, With,
    };
}
