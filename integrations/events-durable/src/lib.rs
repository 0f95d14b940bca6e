#![doc = include_str!("../README.md")]

#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(
        dead_code,
        reason = "the store is code for the databases that are features"
    )
)]
mod store;

/// The store, for the tests of this crate.
#[doc(hidden)]
pub mod testing {
    pub use crate::store::{
        Claim, DeadLetter, Deliver, Done, Engine, Failed, Insert, Inserted, Listener, Migrate,
        NewEvent, Next, Operate, Register, Registered, Replay, Route, Stats, StoreError,
        StoredEvent, Wake, WhenDead,
    };
}
