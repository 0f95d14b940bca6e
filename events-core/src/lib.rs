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
    bridge::{Bridge, Bridged, Connection, Ended, Run, Signal, WhyEnded, bridge, signal_to_event},
    builtin::{auth, record},
    context::{Emission, EmissionId},
    current::{
        Entered, Scoped, WithRegistry, emit_mut, emit_topic, registry, try_emit_topic,
        with_registry,
    },
    declared::{Listener, events},
    emit::emit_async::{EmitAsync, TryEmitAsync},
    event::{AnyEvent, Args, Event, Family, OwnedEvent, Snapshot},
    handler::{
        AsyncHandler, AsyncOutcome, DeferredHandler, Handler, Outcome, Param, State, TopicHandler,
    },
    metadata::{
        EventInfo, FieldInfo, IntoKey, Key, Location, Origin, PatternError, SubscriberInfo,
    },
    receive::{EventStream, Lagged, Next},
    registry::Registry,
    result::{
        BoxError, Cause, EmitError, Emitted, Failure, Panic, QueueFull, TooDeep, Undelivered,
    },
    scan::{
        CrateCounts, Problem, ScanError, ScanReport, Scanner, Subscribers, scan, scanner, try_scan,
    },
    subscribe::{
        BackgroundKind, Batch, NewSubscription, PatternKind, SubscribeError, Subscription, SyncKind,
    },
    worker::{
        Flush, Flushed, Queue, Settle, Shutdown, Unfinished, UnfinishedEvent, Work, Worker,
        flush_after,
    },
};
pub use events_macros::{Event, flush_queue, listener, observer, on, subscriber};

/// The parts of derived builders: for naming a builder that is half done.
pub mod builder {
    pub use crate::event::{Build, Set, Unset};
}

/// The parts of bridges: for naming a bridge that is half done.
pub mod bridges {
    pub use crate::bridge::{
        AnyItem, Choose, FromResults, FromSignal, FromStream, Keep, Kept, KnowsSenders,
        Poll as PollSource, Senders, Source, To, Undecided, Unsent, Whose, With,
    };
}
