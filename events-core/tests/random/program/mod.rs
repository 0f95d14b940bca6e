//! Random programs as data: the handlers, and the operations on one registry.
//!
//! A program is run twice: on a real registry (`real`), and on the model (`model`). Both write a trace,
//! and the two traces must be equal.

mod generate;
mod listing;
mod rule;
mod smaller;
mod table;

pub(crate) use generate::generate;
pub(crate) use listing::listing;
pub(crate) use rule::{Fate, RULES, Rule};
pub(crate) use smaller::smaller;
pub(crate) use table::{
    DECLARED, FREE, LISTENERS, METHODS, PATTERNS, TOPICS, declared, matches, method, methods_of,
    topic_of,
};

/// How many handlers are called in one run that do something; all later ones return at once. So each
/// program ends.
pub(crate) const FUEL: usize = 120;

/// The events: two that can be copied, one that cannot, one that borrows, and those without a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    A,
    B,
    /// Not `Clone`, so that it has sync handlers only.
    C,
    /// Borrows its value: it has sync handlers only, and is not enqueued.
    D,
    /// Without a type, by the number of its topic: it has pattern subscribers only.
    Named(usize),
}

/// The kinds with a type.
pub(crate) const KINDS: [Kind; 4] = [Kind::A, Kind::B, Kind::C, Kind::D];

/// An event of a program; values are below 1000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Event {
    pub(crate) kind: Kind,
    pub(crate) value: i64,
    pub(crate) origin: Option<usize>,
}

/// The origins, by their number.
pub(crate) const ORIGINS: [&str; 2] = ["o0", "o1"];

#[derive(Clone, Debug)]
pub(crate) struct Program {
    /// First the declared ones, then the methods of the listeners, then those that are registered at run
    /// time; see `table`.
    pub(crate) handlers: Vec<Handler>,
    pub(crate) depth_limit: usize,
    pub(crate) capacity: usize,
    pub(crate) steps: Vec<Op>,
}

/// What an operation refers to another subscriber by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Id(usize),
    /// A declared function.
    Declared(usize),
    /// A method, of each listener that is registered.
    Method(usize),
}

/// What a handler subscribes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Exact(Vec<Kind>),
    /// The number of a pattern.
    Pattern(usize),
}

/// When a handler runs; in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Phase {
    Sync,
    Async,
    Deferred,
}

/// A condition on the value of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Even,
    Odd,
    Never,
}

impl When {
    pub(crate) fn holds(self, value: i64) -> bool {
        match self {
            Self::Even => value % 2 == 0,
            Self::Odd => value % 2 == 1,
            Self::Never => false,
        }
    }
}

/// One handler with its options.
#[derive(Clone, Debug)]
pub(crate) struct Handler {
    pub(crate) target: Target,
    pub(crate) phase: Phase,
    /// Of the phase `Sync`: an awaited handler. Of the phase `Deferred`: an async handler that is deferred as well.
    pub(crate) is_async: bool,
    pub(crate) priority: i32,
    pub(crate) id: Option<usize>,
    pub(crate) before: Vec<Name>,
    pub(crate) after: Vec<Name>,
    /// Whether the targets of `before` and `after` may be absent.
    pub(crate) if_present: bool,
    pub(crate) origin: Option<usize>,
    pub(crate) when: Option<When>,
    pub(crate) once: bool,
    pub(crate) concurrency: Option<usize>,
    /// How often a failed call is repeated; of handlers that run later, and have no limit and run more than once.
    pub(crate) retries: u32,
    /// What it does when it is called.
    pub(crate) acts: Vec<Act>,
    pub(crate) end: End,
}

/// A step of a handler.
#[derive(Clone, Debug)]
pub(crate) enum Act {
    /// Adds to the event's value; sync and awaited handlers of one exact event.
    Add(i64),
    /// An operation on the registry.
    Do(Op),
    /// Wakes itself and returns pending, once; async and awaited handlers.
    Yield,
    /// Emits and awaits; async and awaited handlers.
    Await(Event),
}

/// How a handler ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    Done,
    Error,
    Panic,
    /// `ControlFlow::Break`; sync and awaited handlers.
    Break,
}

/// An operation on the registry, in a program or in a handler.
#[derive(Clone, Debug)]
pub(crate) enum Op {
    /// Registers a handler at run time; nothing happens while its subscription is held.
    Subscribe {
        handler: usize,
        detach: bool,
    },
    Unsubscribe(usize),
    /// Registers a batch. `between` is registered, and detached, after the batch was filled and before
    /// it is registered.
    Batch {
        slot: usize,
        handlers: Vec<usize>,
        between: Option<usize>,
    },
    DropBatch(usize),
    Listen(usize),
    StopListening(usize),
    /// Registers declared handlers.
    Scan(Vec<usize>),
    Emit(Event),
    TryEmit(Event),
    /// Polls in place, at most this many times, and then drops the future.
    EmitAsync(Event, usize),
    TryEmitAsync(Event, usize),
    /// A topic without a type; reported unless it has an origin.
    EmitTopic {
        topic: usize,
        value: i64,
        origin: Option<usize>,
    },
    Enqueue(Event),
    Flush,
    SetCapacity(usize),
    SetDepthLimit(usize),
    /// Sets or clears the hook for events that no subscriber received.
    Hook(bool),
    /// Mutes the subscribers with this name, unless the guard of that number is held.
    Mute(usize, Name),
    /// Drops that guard.
    Unmute(usize),
    /// Asks who would be called with an event. One without a type has no origin.
    Explain(Event),
    /// Adds middleware, unless that of this number is there. Only in the steps of a program.
    Wrap(usize, Rule),
    /// Removes that middleware. Only in the steps of a program.
    Unwrap(usize),
}

/// How often a future is polled in place that is not to be cancelled.
pub(crate) const TO_THE_END: usize = 10_000;

/// How many batches are held at once.
pub(crate) const BATCHES: usize = 2;

/// How much middleware there is at once.
pub(crate) const WRAPS: usize = 3;

/// How many guards of muted subscribers are held at once.
pub(crate) const GUARDS: usize = 3;

/// How an attempt to subscribe ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registered {
    Ok,
    IdTaken,
    UnknownTarget,
    /// `before` and `after` cannot all hold.
    Order,
}

/// Why one subscriber failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    Error,
    Panic,
    Undelivered,
    WaitsForItself,
    NotAwaited,
}

impl Cause {
    /// Whether the handler was called.
    pub(crate) fn is_from_call(self) -> bool {
        matches!(self, Self::Error | Self::Panic)
    }
}

/// The result of an emit that reports everything.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Report {
    pub(crate) ran: usize,
    /// Unknown when a subscriber failed.
    pub(crate) deferred: Option<usize>,
    pub(crate) stopped_by: Option<String>,
    pub(crate) failures: Vec<(String, Cause)>,
    /// How many subscribers failed and are called again; 0 when another one failed for good.
    pub(crate) retrying: usize,
    pub(crate) too_deep: bool,
    /// What became of each subscriber.
    pub(crate) outcomes: Vec<String>,
}

impl Report {
    /// At the end of the emit: an error does not show how many subscribers are called again.
    pub(crate) fn finish(&mut self) {
        if !self.failures.is_empty() {
            self.deferred = None;
            self.retrying = 0;
        }
    }

    /// Whether no subscriber received the event: none ran, none runs later and none failed.
    pub(crate) fn is_unheard(&self) -> bool {
        self.ran + self.retrying == 0 && self.deferred == Some(0) && self.failures.is_empty()
    }
}
