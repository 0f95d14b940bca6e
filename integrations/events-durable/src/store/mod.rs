//! The tables of durable delivery, and all statements on them.
//!
//! Each subject is a trait, which each database implements in its folder. [`Engine`] is all of them.

mod conn;
mod deliver;
mod engine;
mod error;
mod event;
mod insert;
mod migrate;
mod operate;
#[cfg(feature = "postgres")]
mod postgres;
mod register;
#[cfg(any(feature = "sqlite", feature = "postgres"))]
mod shared;
#[cfg(feature = "sqlite")]
mod sqlite;
mod wake;

pub use conn::Conn;
pub use deliver::{Claim, Deliver, Done, Failed, Next, WhenDead};
pub use engine::Engine;
pub use error::StoreError;
#[cfg(feature = "seaorm")]
pub(crate) use error::of_sqlx;
pub use event::{NewEvent, StoredEvent};
pub use insert::{Insert, InsertStatement};
pub use migrate::Migrate;
pub(crate) use operate::PURGE_BATCH;
pub use operate::{DeadLetter, Operate, Replay, Stats};
pub use register::{Register, Registered, Route};
pub use wake::{Listener, Wake};
