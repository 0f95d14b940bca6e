#![doc = include_str!("../../README.md")]

mod background;
mod bridge;
mod builtin;
mod context;
mod current;
mod declared;
mod diagnostics;
mod emit;
mod event;
#[cfg(all(doc, not(doctest)))]
pub mod guide;
mod handler;
mod macros;
mod metadata;
mod modules;
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
    modules::{
        bounds, bridges, builder, emitting, failures, handlers, info, queues, scanning, scopes,
        streams, subscribing,
    },
    registry::Registry,
    result::{EmitError, Emitted, Failure},
    scan::{ScanReport, scan, scanner, try_scan},
    subscribe::Subscription,
    worker::Queue,
};
pub use events_macros::{Event, flush_queue, listener, observer, on, subscriber};
