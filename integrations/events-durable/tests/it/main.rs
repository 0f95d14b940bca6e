//! Durable delivery as its users see it, on both databases. The tests of PostgreSQL run if it is installed; see `server`.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod delivering;
mod emitting;
mod failing;
mod operating;
mod payloads;
mod registering;
mod shop;

#[path = "../store/database.rs"]
#[allow(dead_code, reason = "the tests of the store use the rest")]
mod database;
#[path = "../store/server.rs"]
mod server;
