#![doc = include_str!("../../README.md")]

mod background;
mod bridge;
mod builtin;
mod context;
mod current;
mod declared;
mod emit;
mod event;
mod handler;
mod macros;
mod metadata;
mod plan;
mod primitives;
mod queue;
mod receive;
mod registry;
mod result;
mod scan;
mod subscribe;
mod worker;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

#[doc(hidden)]
#[path = "testing.rs"]
pub mod __testing;

pub use crate::{
    bridge::{bridge, signal_to_event},
    builtin::{auth, record},
    context::Emission,
    current::{emit_mut, emit_topic, registry, try_emit_topic, with_registry},
    declared::events,
    event::{AnyEvent, Event},
    handler::{Outcome, State},
    metadata::Origin,
    registry::Registry,
    result::{EmitError, Emitted, Failure},
    scan::{ScanReport, scan, scanner, try_scan},
    subscribe::Subscription,
    worker::Queue,
};
pub use events_macros::{Event, flush_queue, listener, observer, on, subscriber};

/// Bounds for code that is generic over events: owned events, events that can be cloned into a snapshot,
/// and families of events that borrow.
pub mod bounds {
    pub use crate::event::{Family, OwnedEvent, Snapshot};
}

/// The parts of a bridge: its builder, the future or guard that runs it, and the result of a run.
pub mod bridges {
    pub use crate::bridge::{
        AnyItem, Bridge, Bridged, Choose, Connection, EndReason, Ended, FromResults, FromSignal,
        FromStream, Keep, Kept, KnowsSenders, Poll as PollSource, Run, Senders, Signal, Source, To,
        Undecided, Unsent, Whose, With,
    };
}

/// The parts of derived builders, to name the type of a builder with some fields set.
pub mod builder {
    pub use crate::event::{Build, Set, Unset};
}

/// Emitting: the arguments of an event without a type, and the futures of async emits.
pub mod emitting {
    pub use crate::{
        emit::{EmitAsync, TryEmitAsync},
        event::Args,
    };
}

/// The causes of a [`Failure`] or an [`EmitError`].
pub mod failures {
    pub use crate::result::{BoxError, Cause, Panic, TooDeep, Undelivered};
}

/// The traits of handlers, of their parameters and of their return values.
pub mod handlers {
    pub use crate::handler::{
        AsyncHandler, AsyncOutcome, DeferredHandler, Handler, Param, TopicHandler,
    };
}

/// Descriptions of events and subscribers: names, topics, source locations, ids.
pub mod info {
    pub use crate::{
        context::EmissionId,
        metadata::{EventInfo, FieldInfo, IntoKey, Key, Location, SubscriberInfo},
    };
}

/// The return types of the methods of [`Queue`]: flushes, workers, shutdowns; and the error of a full queue.
pub mod queues {
    pub use crate::{
        result::QueueFull,
        worker::{
            Flush, Flushed, Settle, Shutdown, Unfinished, UnfinishedEvent, Work, Worker,
            flush_after,
        },
    };
}

/// A scan with options, and the problems that it reports.
pub mod scanning {
    pub use crate::scan::{CrateCounts, Problem, ScanError, Scanner, Subscribers};
}

/// Making a registry the current one, for a scope or for a future.
pub mod scopes {
    pub use crate::current::{Entered, Scoped, WithRegistry};
}

/// Receiving events as a future or a stream.
pub mod streams {
    pub use crate::receive::{EventStream, Lagged, Next};
}

/// Subscribing at run time, with options, in batches, and with listeners.
pub mod subscribing {
    pub use crate::{
        declared::Listener,
        metadata::PatternError,
        subscribe::{
            BackgroundKind, Batch, NewSubscription, PatternKind, SubscribeError, SyncKind,
        },
    };
}
