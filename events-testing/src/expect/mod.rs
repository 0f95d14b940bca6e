//! What a test states before its code runs: which events are emitted, in which order, and which subscribers fail.

pub(crate) mod expectation;
pub(crate) mod expected_failure;
pub(crate) mod order;
