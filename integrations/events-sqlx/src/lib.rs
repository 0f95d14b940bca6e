//! Transactions of `sqlx` with events: what is emitted in a [`Tx`] reaches the subscribers that run after the commit if the
//! database commits, and not after a rollback.
//!
//! - [`Tx::begin`] takes a connection of a pool; [`conn`](Tx::conn) is its connection, [`savepoint`](Tx::savepoint) a part of it;
//! - [`emit`](Tx::emit) emits in the transaction, and [`creating`](Tx::creating) to [`deleted`](Tx::deleted) the events of
//!   records, by hand around a statement;
//! - `tx: Tx<'_, Sqlite>` is a parameter of subscribers that run in the emit;
//! - [`before_commit`](Tx::before_commit) adds last statements, [`after_commit`](Tx::after_commit) a function that runs after
//!   the commit.
//!
//! SQLite and PostgreSQL are the features `sqlite` and `postgres`. It runs on tokio, and is built on the public units of work and
//! parameters of `events-core` alone.
//!
//! Guide: the module `guide::sqlx` of `events-core`. Below is the README.
//!
// These definitions come before those at the end of the README; the first one counts.
#![doc = include_str!("../docs/links.md")]
#![doc = include_str!("../README.md")]

mod backend;
mod cancellation;
mod commits;
mod emit;
mod error;
mod lender;
mod param;
mod records;
mod session;
mod tx;
mod unit_tx;

pub use backend::Backend;
pub use emit::BeforeCommit;
pub use error::{TxError, Vetoed};
pub use tx::Tx;
pub use unit_tx::UnitTx;

/// The page of the guide about this crate, whose examples are tests here.
#[cfg(doctest)]
#[doc = include_str!("../docs/guide/sqlx.md")]
struct Guide;
