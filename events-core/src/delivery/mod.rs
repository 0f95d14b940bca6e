//! Delivering events to durable subscribers: what a store of events needs of a registry.
//!
//! - `subscriber`: the durable subscribers of a registry;
//! - `deliver`: the delivery of an event to one of them.

mod deliver;
mod subscriber;

pub use deliver::{Deliver, Delivering};
pub use subscriber::DurableSubscriber;
