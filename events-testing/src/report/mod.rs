//! The texts that a failing test prints, written from the state of its mock.

pub(crate) mod did_you_mean;
pub(crate) mod explanation;
mod failing_subscribers;
pub(crate) mod failure_text;
pub(crate) mod plural;
pub(crate) mod unsettled;
