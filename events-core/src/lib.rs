#![doc = include_str!("../../README.md")]

mod ambient;
mod engine;
mod event;
mod handler;
mod macros;
mod words;

#[doc(hidden)]
#[path = "private.rs"]
pub mod __private;

pub use ambient::{
    CrateCounts, Entered, Problem, ScanError, ScanReport, Scanner, Scoped, Subscribers,
    WithRegistry, emit_mut, events, registry, scan, scanner, try_scan, with_registry,
};
pub use engine::{
    Batch, EventStream, Lagged, NewSubscription, Next, Registry, SubscribeError, Subscription,
};
pub use event::{Event, Family, OwnedEvent};
pub use events_macros::{Event, subscriber};
pub use handler::{Emission, EmissionId, Handler, Outcome, Param, State};
pub use words::{
    BoxError, Cause, EmitError, Emitted, EventInfo, Failure, FieldInfo, IntoKey, Key, Location,
    Origin, Panic, SubscriberInfo, TooDeep,
};

/// The parts of derived builders: for naming a builder that is half done.
pub mod builder {
    pub use crate::event::{Build, Set, Unset};
}
