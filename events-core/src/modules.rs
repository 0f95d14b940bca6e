//! The public modules: names that a signature or an error text needs, by subject. What most programs use is in
//! the root of the crate.

/// Bounds for code that is generic over events: owned events, events that can be cloned into a snapshot,
/// and families of events that borrow.
pub mod bounds {
    pub use crate::event::{Family, OwnedEvent, Snapshot};
}

/// The parts of a bridge: its builder, the future or guard that runs it, and the result of a run.
pub mod bridges {
    pub use crate::bridge::{
        AnyItem, Bridge, Bridged, Choice, Choose, Connection, Emittable, EndReason, Ended,
        FromFuture, FromResults, FromSignal, FromStream, IntoArgs, IntoEvent, IntoSource, Keep,
        Kept, KnowsSenders, OfFuture, OfStream, PollSource, Run, Senders, Signal, Source, To,
        ToTopic, Undecided, Unsent, Whose, With,
    };
    #[cfg(feature = "tokio")]
    pub use crate::bridge::{FromReceiver, OfReceiver};
}

/// The parts of derived builders: the traits with their methods, and the types that name a builder with some fields set.
pub mod builder {
    pub use crate::event::{Build, EmitFrom, Set, Unset};
}

/// Delivering events to durable subscribers: those that have the option `durable`, which no emit calls. It is for what stores
/// events, such as the crate `events-durable`.
pub mod delivering {
    pub use crate::delivery::{Deliver, Delivering, DurableSubscriber, EmitFailures, EventStore};
}

/// Emitting: the arguments of a named event, and the futures of async emits.
pub mod emitting {
    #[cfg(feature = "tokio")]
    pub use crate::current::{EmitCutOff, SpawnedEmit};
    pub use crate::{
        emit::{EmitAsync, EmitTopicAsync, Emitting, TryEmitAsync, TryEmitTopicAsync, WithValues},
        event::{ArgError, Args},
    };
}

/// Explanations of events: which subscribers would be called, and why the others would not.
pub mod explaining {
    pub use crate::explain::{Explained, Explanation, NotCalled, Verdict};
}

/// The causes of a [`Failure`](crate::Failure) or an [`EmitError`](crate::EmitError).
pub mod failures {
    pub use crate::result::{
        BoxError, Cause, FailedCheck, MiddlewarePanic, NoCopy, NotAwaited, Panic, ParamError,
        TimedOut, TooDeep, Undelivered, WaitsForItself,
    };
}

/// The traits of handlers, of their parameters and of their return values.
pub mod handlers {
    pub use crate::{
        background::{
            AwaitedHandler, BorrowedAwaitedHandler, StatefulAwaitedHandler,
            StatefulBorrowedAwaitedHandler, boxed,
        },
        handler::{
            AsyncHandler, AsyncOutcome, AsyncTopicHandler, CallContext, DeferredHandler,
            DeferredTopicHandler, Handler, MissingValue, Param, Prepare, PrepareError,
            TopicHandler,
        },
    };
}

/// Descriptions of events and subscribers: names, topics, source locations, ids.
pub mod info {
    pub use crate::metadata::{
        EmissionId, EventInfo, FieldInfo, IntoKey, Key, Location, SubscriberInfo,
    };
}

/// Middleware around the calls of subscribers, and around whole emissions.
pub mod middleware {
    pub use crate::policy::{
        BoxFuture, Call, EmitCall, EmitMiddleware, EmitOutcome, Middleware, Next, NextAsync,
        NextEmit, NextEmitAsync,
    };
}

/// What became of the subscribers of an event.
pub mod outcomes {
    pub use crate::result::{NotReached, SkipReason, SubscriberOutcome};
}

/// The return types of the methods of [`Queue`](crate::Queue): flushes, workers, shutdowns; the handle of
/// a scheduled event; and the error of a full queue.
pub mod queues {
    pub use crate::{
        emit::Scheduled,
        queue::QueueStats,
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
    pub use crate::{
        current::{Scoped, WithRegistry},
        registry::Entered,
    };
}

/// Receiving events as a future or a stream.
pub mod streams {
    pub use crate::receive::{EventStream, Lagged, Next, NextTopic, TopicStream};
}

/// Subscribing at run time, with options, in batches, and with listeners.
pub mod subscribing {
    pub use crate::{
        declared::Listener,
        metadata::{IntoPattern, Pattern, PatternError},
        registry::{MuteError, MuteGuard},
        subscribe::{
            AwaitedKind, BackgroundKind, BackgroundPatternKind, Batch, NewSubscription,
            PatternKind, SubscribeError, SyncKind, register_copy,
        },
    };
}

/// Units of work: their handles, savepoints, scopes and errors, and when a subscriber runs in one.
pub mod units {
    pub use crate::{
        emit::{EmitInAsync, EmitInError, TryEmitInAsync, UnitEvent},
        metadata::UnitPhase,
        unit::{
            CommitError, EnteredUnit, InUnit, Prepared, ReleaseError, Savepoint, UnitEnded,
            UnitHandle, WithUnit, current_unit, without_unit,
        },
    };
}
