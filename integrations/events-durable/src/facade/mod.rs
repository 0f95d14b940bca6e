//! The store as a program uses it.
//!
//! - `durable`: the store, what it stores, and its settings; `emit_at`: events that are due later;
//! - `subscribers`: the subscribers of a program; `stores`: what stores the events of a registry; `register`: registering both;
//! - `error`: why something fails; `known`: whether there is a subscriber with an id;
//! - `dead`, `replay`: dead letters, and events that are delivered once more.

mod dead;
mod durable;
mod emit_at;
mod error;
mod known;
mod register;
mod replay;
mod stores;
mod subscribers;

pub use dead::{Dead, DeadLetter};
pub use durable::Durable;
pub use emit_at::EmitAt;
pub use error::DurableError;
pub use register::Routes;
pub use replay::Replay;
pub(crate) use subscribers::{Receiver, Subscribers, Takes};
