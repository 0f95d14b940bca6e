//! What a test states before its code runs, beside the expectation of an event: the order of expectations, and
//! which subscribers fail.

pub(crate) mod expected_failure;
pub(crate) mod order;
