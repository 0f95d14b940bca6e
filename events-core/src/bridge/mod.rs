//! Bridges: each emits events for the items of a source outside the event system.
//!
//! A *source* is a stream, a future, a receiver of a channel, or a callback. Its *items* go through the
//! *mapping*, which determines the *sender* of an item, filters it by sender and content, and converts it
//! into an event. The *guard* of a running bridge stops it when it is dropped.
//!
//! - `builder`: configures a bridge; `convert`: its methods that set the conversion;
//! - `mapping`: sender and filters of an item; `conversion/`: its conversion into an event, into one of
//!   several, or into the arguments of a topic;
//! - `source/`: the kinds of sources;
//! - `run`: a bridge from a source that is polled, as a future;
//! - `spawn`: such a future on a thread or a task of its own, with a guard;
//! - `connect`: a bridge from a callback, with a guard;
//! - `lifecycle`: the state that a bridge and its guard share;
//! - `ended`: the result of a bridge, with its reason and its counts.

mod builder;
mod connect;
mod conversion;
mod convert;
mod ended;
mod lifecycle;
mod mapping;
mod run;
mod source;
mod spawn;

#[cfg(feature = "tokio")]
pub use self::source::receiver::{FromReceiver, OfReceiver};
pub use self::{
    builder::{Bridge, bridge, signal_to_event},
    connect::Connection,
    conversion::{
        choice::Choice,
        choose::{Choose, IntoEvent, To, ToTopic, Undecided, With},
        emittable::Emittable,
        topic::IntoArgs,
    },
    ended::{EndReason, Ended},
    mapping::{AnyItem, Keep, Kept, KnowsSenders, Senders, Unsent, Whose},
    run::Run,
    source::{
        future::FromFuture,
        signal::{FromSignal, Signal},
        stream::{FromResults, FromStream},
        traits::{IntoSource, OfFuture, OfStream, PollSource, Source},
    },
    spawn::Bridged,
};
