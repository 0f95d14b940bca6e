//! Which connection a hook runs on.
//!
//! A hook has a `C: ConnectionTrait`, which may be borrowed, so that it cannot be cast. But it can be queried for its database, and a
//! connection of this crate that is asked while `ASKED` is set leaves itself in `ANSWER`: also from within a wrapper.

use std::cell::{Cell, RefCell};

use sea_orm::ConnectionTrait;

use crate::{db::Db, transaction::Tx};

/// A connection of this crate.
pub(crate) enum Ours {
    Db(Db),
    /// Without the right to end it.
    Tx(Tx),
    /// One whose writes are not to emit events.
    Quiet,
}

thread_local! {
    static ASKED: Cell<bool> = const { Cell::new(false) };
    static ANSWER: RefCell<Option<Ours>> = const { RefCell::new(None) };
}

/// The connection, if it is one of this crate.
pub(crate) fn ask(connection: &impl ConnectionTrait) -> Option<Ours> {
    drop(ANSWER.take()); // one that was left by a panic
    ASKED.set(true);
    let _ = connection.get_database_backend();
    ASKED.set(false);
    ANSWER.take()
}

/// Answers, if this is called for a hook that asks.
#[inline]
pub(crate) fn answer(ours: impl FnOnce() -> Ours) {
    if ASKED.replace(false) {
        let _ = ANSWER.replace(Some(ours()));
    }
}
