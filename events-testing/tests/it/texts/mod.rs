//! What a failing test writes.

mod counts;
mod explanations;
mod failures;
mod source_location;
mod topics;
