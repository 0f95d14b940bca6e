//! Which connection a hook runs on.
//!
//! A hook has a `C: ConnectionTrait`, which may be borrowed, so that it cannot be cast. But its database can be queried, and a
//! connection of this crate whose database is queried while `IS_QUERIED` is set stores itself in `IDENTITY`: also from within a wrapper.

use std::cell::{Cell, RefCell};

use events_core::Registry;
use sea_orm::{ConnectionTrait, DbBackend};

use crate::{db::Db, transaction::Tx};

/// What a connection is.
pub(crate) enum Identity {
    /// One of this crate.
    Own(OwnConnection),
    /// One of this crate whose writes are not to emit events.
    Quiet,
    /// One of SeaORM, or another one.
    Foreign,
}

/// A connection of this crate, whose writes emit events.
pub(crate) enum OwnConnection {
    Db(Db),
    /// Without the right to end it.
    Tx(Tx),
}

impl OwnConnection {
    pub(crate) fn backend(&self) -> DbBackend {
        match self {
            Self::Db(db) => db.connection().get_database_backend(),
            Self::Tx(tx) => tx.backend(),
        }
    }

    /// The registry to which events are emitted now.
    pub(crate) fn registry(&self) -> Registry {
        match self {
            Self::Db(db) => db.registry(),
            Self::Tx(tx) => tx.registry(),
        }
    }
}

thread_local! {
    static IS_QUERIED: Cell<bool> = const { Cell::new(false) };
    static IDENTITY: RefCell<Identity> = const { RefCell::new(Identity::Foreign) };
}

/// What the connection is.
pub(crate) fn identify(connection: &impl ConnectionTrait) -> Identity {
    drop(IDENTITY.replace(Identity::Foreign)); // one that was left by a panic
    IS_QUERIED.set(true);
    let _ = connection.get_database_backend();
    IS_QUERIED.set(false);
    IDENTITY.replace(Identity::Foreign)
}

/// Stores the identity, if [`identify`] queries for it.
#[inline]
pub(crate) fn identify_as(identity: impl FnOnce() -> Identity) {
    if IS_QUERIED.replace(false) {
        let _ = IDENTITY.replace(identity());
    }
}
