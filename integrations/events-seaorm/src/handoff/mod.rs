//! What passes between a hook of an entity and the statement that writes it, both of which SeaORM calls.
//!
//! SeaORM calls a hook before it writes a record, and passes nothing from there to the hook after. So the hook before the write hands a
//! *baton* to the statement: what to emit when that has been executed. The statement runs in `Db` or `Tx`, and emits the event itself, so
//! that the write and its event are never split.
//!
//! `identify`: which connection a hook runs on; `baton`: what it hands on; `write`: the statement that takes it.

mod baton;
mod identify;
mod write;

pub(crate) use baton::{
    Announce, AnnounceEach, Baton, Emission, OldRow, Select, StatementOf, Verb, WithOld, Written,
    clear, pass, take,
};
pub(crate) use identify::{Identity, OwnConnection, identify, identify_as};
pub(crate) use write::{Reads, write_in_pool};
