//! Floor 7, bridge: events out of what comes from elsewhere, streams and callbacks.
//!
//! - `build` has the words that a bridge is described with, and `mapping` what they come to: which
//!   items are let through, as which event, from whom;
//! - `source` says what items come from;
//! - `run` is a bridge from a stream as a future, and `spawn` gives it a thread or a task;
//! - `signal` is a bridge from a callback;
//! - `lifecycle` is what a bridge and its guard share, and `ended` what a bridge says at its end.

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
    AnyItem, Choose, Keep, Kept, KnowsSenders, Senders, To, Undecided, Unsent, Whose, With,
};
pub use run::Run;
pub use source::{FromResults, FromSignal, FromStream, Poll, Signal, Source};
pub use spawn::Bridged;
