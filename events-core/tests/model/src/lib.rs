//! The exchange of plans, the store of the queue, and the jobs of those who empty it: `swap.rs`,
//! `store.rs`, `flights.rs` and `rests.rs` of `events-core/src/engine`, with the primitives of a model checker instead of those of the standard
//! library and of `arc-swap`.
//!
//! `cargo test` here tries some hundred thousand schedules. The checker runs one thread at a time and
//! switches where a primitive is touched, so it finds what is wrong with the order of steps; it
//! takes every access for sequentially consistent.

#![cfg(test)]

#[path = "../../../src/queue/bounded_queue.rs"]
mod bounded_queue;
#[path = "../../../src/queue/idle.rs"]
mod idle;
#[path = "../../../src/queue/in_flight.rs"]
mod in_flight;
#[path = "../../../src/plan/plan_cell.rs"]
mod plan_cell;
#[path = "../../../src/queue/typed_fifo.rs"]
mod typed_fifo;
#[path = "../../../src/queue/waiters.rs"]
mod waiters;

/// What the files above import of the crate's lowest folder.
#[path = "."]
mod primitives {
    pub(crate) mod sync;
    #[path = "../../../src/primitives/type_id_hasher.rs"]
    mod type_id_hasher;
    pub(crate) use type_id_hasher::TypeIdHasher;
}

mod tests;
