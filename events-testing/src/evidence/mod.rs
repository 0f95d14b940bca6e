//! What a mock records beside its events: the failures of subscribers, and the events that are emitted outside of
//! its test.

pub(crate) mod failures;
pub(crate) mod outside;
