//! The statements of SQLite.

mod deliver;
mod engine;
mod insert;
mod migrate;
mod statements;
mod wake;
