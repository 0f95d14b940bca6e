//! Bridges: each emits events for the items of a source outside the event system.
//!
//! A *source* is a stream or a callback. Its *items* go through the *mapping*, which determines the
//! *sender* of an item, filters it by sender and content, and converts it into an event. The *guard* of
//! a running bridge stops it when it is dropped.
//!
//! - `builder`: configures a bridge;
//! - `mapping`: sender, filters and conversion of an item;
//! - `source`: the kinds of sources;
//! - `run`: a bridge from a stream as a future;
//! - `spawn`: such a future on a thread or a task of its own, with a guard;
//! - `connect`: a bridge from a callback, with a guard;
//! - `lifecycle`: the state that a bridge and its guard share;
//! - `ended`: the result of a bridge, with its reason and its counts.

mod builder;
mod connect;
mod ended;
mod lifecycle;
mod mapping;
mod run;
mod source;
mod spawn;

pub use builder::{Bridge, bridge, signal_to_event};
pub use connect::Connection;
pub use ended::{EndReason, Ended};
pub use mapping::{
    AnyItem, Choose, IntoEvent, Keep, Kept, KnowsSenders, Senders, To, Undecided, Unsent, Whose,
    With,
};
pub use run::Run;
pub use source::{FromResults, FromSignal, FromStream, PollSource, Signal, Source};
pub use spawn::Bridged;
