//! Durable event types: how they are written and read.
//!
//! - `codec`: the form of a payload in the database; `upcast`: payloads of earlier versions;
//! - `durable_event`: what the derive implements; `durable_type`: a durable event type with its type erased;
//! - `record`: the events of the records of a durable model;
//! - `link_slices`: all that are linked; `payload`: writing and reading an event.

mod codec;
mod durable_event;
mod durable_type;
mod link_slices;
mod payload;
mod record;
mod upcast;

pub use codec::{Codec, Json};
pub use durable_event::{DurableEvent, Secret, key_text, read_payload, write_payload};
pub use durable_type::DurableType;
pub(crate) use durable_type::{Deliver, StoreEncoded, StoreFuture, refuse_commit};
pub use link_slices::TYPES;
pub(crate) use link_slices::{type_of, types};
pub(crate) use payload::{Encoded, Unreadable, Waits, encode};
pub use record::DurableModel;
pub use upcast::{UPCASTS, Upcast};
