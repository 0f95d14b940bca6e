//! Transactions and savepoints, each with a part of a unit of work.
//!
//! - `connection`: a connection with an open transaction, which the handles of it and of its savepoints share;
//! - `tx`: [`Tx`], such a handle, and its end; `begin`: how transactions and savepoints begin; `run`: [`transaction`];
//! - `stream`: rows that are read one by one;
//! - `deliver`: the delivery to a durable subscriber;
//! - `lent`: what an emit gives to its subscribers; `param`: a `Tx` as their parameter;
//! - `unit_tx`: [`UnitTx`], the transaction for code that has only the unit.
//!
//! A savepoint is a statement of its own here, and not a nested transaction of SeaORM: that one counts only how many are open, so
//! that it ends another one than its own if they are not ended in their order.

mod begin;
mod connection;
mod deliver;
mod lent;
mod param;
mod run;
mod stream;
mod tx;
mod unit_tx;

pub(crate) use begin::{begin_transaction, unbegun_transaction};
pub(crate) use connection::Locked;
pub(crate) use run::run_boxed;
pub use run::transaction;
pub use stream::TxStream;
pub use tx::Tx;
pub use unit_tx::UnitTx;
