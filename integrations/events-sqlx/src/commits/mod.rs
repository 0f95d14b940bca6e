//! Commits with fewer messages to the server.
//!
//! - `series`: transactions on one connection, of which a COMMIT begins the next;
//! - `proof`: a last statement of PostgreSQL, after which the commit need not ask.

#[cfg(feature = "postgres")]
mod proof;
mod series;
