//! Random tests.

#![allow(missing_docs, reason = "the names of the tests say what they are")]

mod model;
mod program;
mod programs;
mod quiet;
mod real;
mod rng;
mod runs;
mod stress;
mod strict;
mod trace;
