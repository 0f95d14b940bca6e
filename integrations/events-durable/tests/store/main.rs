//! The store on both databases. The tests of PostgreSQL run if it is installed; see `server`.
//!
//! The clock is that of the database: a test lets time pass by moving the times of the rows.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod claiming;
mod concurrency;
mod cost;
mod database;
mod inserting;
mod keys;
mod operating;
mod schema;
mod server;
