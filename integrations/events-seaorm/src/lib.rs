//! The events of records from the writes of SeaORM, and transactions whose events reach their subscribers after the commit and never
//! after a rollback.
//!
//! A model that derives [`Observed`](macro@Observed) emits the events of `events_core::record` when its records are inserted, updated or
//! deleted; the module [`bulk`] writes many records. [`Behavior`] has the own hooks of an entity. The README has a table of which call of
//! SeaORM emits what.
//!
//! # Transactions
//!
//! [`Db`] is a pool of SeaORM, and [`Tx`] a transaction of it. Both are connections as SeaORM's own: pass them where it takes a
//! `ConnectionTrait`, a `TransactionTrait` or a `StreamTrait`. A transaction has a unit of work of `events-core`, which keeps the
//! events that are emitted in it until it is committed:
//!
//! ```
//! use events_core::{Event, Registry};
//! use events_seaorm::{Db, transaction};
//! use sea_orm::{ConnectionTrait, Database, DbErr};
//!
//! #[derive(Event, Clone)]
//! #[event(after_commit)]
//! struct OrderPlaced {
//!     number: i32,
//! }
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), DbErr> {
//! let registry = Registry::new(); // a program uses the default registry
//! registry.on(|order: &OrderPlaced| println!("confirmed: order {}", order.number)).detach();
//!
//! let db = Db::new(Database::connect("sqlite::memory:").await?).with_registry(&registry);
//! db.execute_unprepared("CREATE TABLE purchase (number INTEGER)").await?;
//!
//! transaction(&db, async |tx| -> Result<(), DbErr> {
//!     tx.execute_unprepared("INSERT INTO purchase VALUES (7)").await?;
//!     tx.emit(OrderPlaced { number: 7 }).await?;
//!     Ok(())
//! })
//! .await?; // confirmed: order 7
//! # Ok(())
//! # }
//! ```
//!
//! # Commits that are cut off
//!
//! A future that is dropped before its first statement has done nothing. From the COMMIT on it is finished on a task of the runtime:
//! either the database commits and the events are emitted, or neither. The same holds for BEGIN and ROLLBACK and for the
//! statements of savepoints, so that no connection with an open transaction returns to the pool. If the runtime itself is shut
//! down meanwhile, or the connection is lost, a COMMIT may have been sent of which the events are lost.
//!
//! # Limits
//!
//! The transaction and its savepoints are begun and ended by [`Tx`] alone: do not execute a statement such as `COMMIT` or `SAVEPOINT` as
//! text. The crate runs on tokio.

pub mod bulk;
mod connections;
mod db;
mod error;
mod finish;
mod handoff;
mod record;
mod transaction;

pub use db::Db;
#[doc = include_str!("../docs/observed.md")]
pub use events_seaorm_macros::Observed;
pub use record::{Behavior, FailedCheck, Observed, ObservedActiveModel, failed_check, veto_reason};
pub use transaction::{Tx, TxStream, UnitTx, transaction};

/// What the derive uses.
#[doc(hidden)]
pub mod __derive {
    pub use crate::record::{
        Changed, EntityProbe, JsonChange, JsonField, ModelProbe, NoBehavior, NoJson, OtherEntity,
        Own, OwnBehavior, TextChange, before_delete, before_save, is_changed, register_entity,
    };
    pub use async_trait::async_trait;
    pub use events_core::record::{Diff, NotAModel};
    pub use sea_orm::{ActiveModelBehavior, ConnectionTrait, DbErr};
}

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// The page of the guide about this crate, whose examples are tests here.
#[cfg(doctest)]
#[doc = include_str!("../docs/guide/records.md")]
struct Guide;
