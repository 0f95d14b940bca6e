//! Delivering events to durable subscribers: what a store of events needs of a registry.
//!
//! - `subscriber`: the durable subscribers of a registry;
//! - `deliver`: the delivery of an event to one of them;
//! - `event_store`: what stores the events that are emitted;
//! - `emit_failures`: the failures of an emit in a unit of work.

mod deliver;
mod emit_failures;
mod event_store;
mod subscriber;

pub use deliver::{Deliver, Delivering};
pub use emit_failures::EmitFailures;
pub use event_store::EventStore;
pub use subscriber::DurableSubscriber;
