//! Durable delivery: events are stored in the transaction that emits them, and workers deliver each to its durable subscribers at
//! least once, also after the end of the process; exactly once in effect to those that write in the transaction of the delivery.
//!
//! - [`Durable`](struct@Durable) is the store: migrations, registering, transactions, dead letters, replays, counts;
//! - [`#[derive(Durable)]`](derive@Durable) makes an event durable, [`durable!`] an instance of a generic event, and
//!   [`#[upcast]`](macro@upcast) brings payloads of earlier versions to the present one;
//! - `#[subscriber(durable = "mail.confirm")]` is a durable subscriber, with the parameters [`Delivery`] and
//!   `Tx` of `events-sqlx`, or with the feature `seaorm` of `events-seaorm`;
//! - [`Durable::worker`] starts the workers.
//!
//! SQLite and PostgreSQL are the features `sqlite` and `postgres`. The feature `command` adds the module `command`, `myapp events stats`
//! and others for a program to mount, and the feature `metrics` the function `record_stats`. With the feature `seaorm`, what is emitted
//! in a transaction of `events-seaorm` is stored in it.
//!
//! Guide: the module `guide::durable` of `events-core`. Below is the README.
//!
// These definitions come before those at the end of the README; the first one counts.
#![doc = include_str!("../docs/links.md")]
#![doc = include_str!("../README.md")]

#[cfg(feature = "command")]
pub mod command;
mod delivery;
mod event;
mod facade;
#[cfg(feature = "metrics")]
mod gauges;
mod spans;
mod staging;
#[cfg_attr(
    not(any(feature = "sqlite", feature = "postgres")),
    allow(
        dead_code,
        reason = "the store is code for the databases that are features"
    )
)]
mod store;
mod wake;
mod worker;

/// The store, for the tests of this crate.
#[doc(hidden)]
pub mod testing {
    pub use crate::store::{
        Claim, Conn, DeadLetter, Deliver, Done, Engine, Failed, Insert, InsertStatement, Listener,
        Migrate, NewEvent, Next, Operate, Register, Registered, Replay, Route, Stats, StoreError,
        StoredEvent, Wake, WhenDead,
    };

    /// A worker as a future that does not end.
    pub async fn work_alone<DB: Engine>(workers: crate::NewWorkers<DB>) {
        workers.run_alone().await;
    }
}

pub use delivery::Delivery;
pub use event::{Codec, DurableEvent, Json};
#[doc = include_str!("../docs/derive.md")]
pub use events_durable_macros::Durable;
#[doc = include_str!("../docs/upcast.md")]
pub use events_durable_macros::upcast;
pub use facade::{Dead, DeadLetter, Durable, DurableError, EmitAt, Replay, Routes};
#[cfg(feature = "metrics")]
pub use gauges::record_stats;
pub use store::{Engine, Stats, StoreError, WhenDead};
pub use worker::{NewWorkers, Workers};

/// What the macros write.
#[doc(hidden)]
pub mod __derive {
    pub use std::string::String;

    pub use events_core::{self as core, subscriber};
    pub use linkme;
    pub use serde_json::{Error, Value};

    pub use crate::{
        __register_type as register_type,
        event::{
            DurableModel, DurableType, Json, Secret, TYPES, UPCASTS, Upcast, key_text,
            read_payload, write_payload,
        },
        staging::{NotRegistered, check_registered, check_registered_for_write},
    };
}

/// The page of the guide about this crate, whose examples are tests here.
#[cfg(doctest)]
#[doc = include_str!("../docs/guide/durable.md")]
struct Guide;
