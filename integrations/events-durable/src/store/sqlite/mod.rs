//! The statements of SQLite.

mod deliver;
mod engine;
mod insert;
mod statements;
mod wake;
