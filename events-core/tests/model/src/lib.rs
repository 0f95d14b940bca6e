//! The exchange of plans, the store of the queue, and the jobs of those who empty it: `exchange.rs`,
//! `store.rs`, `flights.rs` and `rests.rs` of `events-core/src/engine`, with the primitives of a model checker instead of those of the standard
//! library and of `arc-swap`.
//!
//! `cargo test` here tries some hundred thousand schedules. The checker runs one thread at a time and
//! switches where a primitive is touched, so it finds what is wrong with the order of steps; it
//! takes every access for sequentially consistent.

#![cfg(test)]

#[path = "../../../src/engine/exchange.rs"]
mod exchange;
#[path = "../../../src/engine/flights.rs"]
mod flights;
#[path = "../../../src/engine/lanes.rs"]
mod lanes;
#[path = "../../../src/engine/rests.rs"]
mod rests;
#[path = "../../../src/engine/sleepers.rs"]
mod sleepers;
#[path = "../../../src/engine/store.rs"]
mod store;
mod sync;

mod tests;
