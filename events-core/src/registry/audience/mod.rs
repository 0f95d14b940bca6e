//! Who is called: whether an event has a subscriber, and muting subscribers.
//!
//! - `has_subscribers`: whether an event would be received;
//! - `receivers`: the subscribers of an event in order, and all subscribers, for explanations;
//! - `mute`: the guard of muted subscribers; `mute_error`: why none is muted.

mod has_subscribers;
mod mute;
mod mute_error;
mod receivers;

pub use mute::MuteGuard;
pub use mute_error::MuteError;
pub(crate) use receivers::Receiver;
