//! Random tests of events-core against its public API. Six parts:
//!
//! - `programs`: a random program runs on a registry (`real`) and on a small model (`model`) that predicts
//!   the exact trace: which handler is called, in which order, with which value, and what each operation
//!   returns.
//! - `units`: the same for units of work: handles, units that are entered, savepoints, functions before and after the commit,
//!   and futures that are cut off. The model has a list of what each unit holds.
//! - `strict`: random scripts of workers, flushes, emits and shutdowns as tasks of an executor that polls a
//!   task only when its waker was called. Wakes are delivered late, in any order and spuriously, and
//!   tasks are dropped between polls.
//! - `keyed`: random programs of subscribers with keys, limits and retries, with time under their control, compared with
//!   a model of the order.
//! - `policies`: random scripts of emits, workers and flushes with retries, limits and middleware; as in `strict`, a task is
//!   polled only when its waker was called.
//! - `stress`: threads that use all verbs at once.
//!
//! Each part runs for some seconds in `cargo test`. A longer run, of 70,000 programs and of scripts and
//! rounds in proportion:
//!
//! ```text
//! EVENTS_RANDOM_PROGRAMS=70000 cargo test --release -p events-core --test random
//! ```
//!
//! A failure names its seed, with the smallest failing program or script that is found by removing parts.
//! `EVENTS_RANDOM_SEED=7` runs one seed only; together with a filter of cargo, one seed of one test.
//! Programs and scripts are deterministic by seed. Threads are not: a seed repeats what each thread does,
//! and not how the scheduler mixes them.
//!
//! `faults/` has the smallest scenario of each fault that these found. `strict/laws.rs` has what holds for every
//! script. The order of subscribers is in one function, in `model/order.rs`.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

mod faults;
mod keyed;
mod model;
mod policies;
mod program;
mod programs;
mod quiet;
mod real;
mod rng;
mod runs;
mod stress;
mod strict;
mod trace;
mod units;
