//! Commits with fewer messages to the server.
//!
//! - `series`: transactions on one connection, of which the COMMIT of one and the BEGIN of the next are one message;
//! - `proof`: a last statement of PostgreSQL, after which the commit need not test.

#[cfg(feature = "postgres")]
mod proof;
mod series;
