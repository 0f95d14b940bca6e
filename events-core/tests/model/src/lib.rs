//! The exchange of plans, `events-core/src/engine/exchange.rs`, with the primitives of a model
//! checker instead of those of the standard library and of `arc-swap`.
//!
//! `cargo test` here tries some ten thousand schedules. The checker runs one thread at a time and
//! switches where a primitive is touched, so it finds what is wrong with the order of steps; it
//! takes every access for sequentially consistent.

#![cfg(test)]

#[path = "../../../src/engine/exchange.rs"]
mod exchange;
mod sync;

mod tests;
