//! The checks of a subscriber's signature and options.

pub(super) mod durable;
pub(super) mod event_param;
pub(super) mod predicate;
pub(super) mod signature;
mod types;
