//! The transaction of an emit, which is given to its subscribers.

use std::sync::Arc;

use super::connection::{Connection, Level};

/// A transaction or a savepoint, without the right to end it.
#[derive(Clone)]
pub(super) struct Lent {
    pub(super) connection: Arc<Connection>,
    pub(super) level: Level,
}
