//! One delivery.
//!
//! - `call`: the call of the subscriber, and the mark of what became of it; `transaction`: the transaction that it takes;
//! - `backoff`: when a failed one is tried again.

mod backoff;
mod call;
mod transaction;

pub(super) use call::Attempt;
