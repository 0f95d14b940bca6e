//! What a failing test writes.

mod explanations;
mod failures;
mod source_location;
mod topics;
