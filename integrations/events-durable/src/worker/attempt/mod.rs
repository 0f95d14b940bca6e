//! One delivery.
//!
//! - `call`: the call of the subscriber, and the mark of what became of it; `transaction`: the transaction that it takes;
//! - `unwind`: panics outside of subscribers; `backoff`: when a failed one is tried again.

mod backoff;
mod call;
mod transaction;
mod unwind;

pub(super) use call::Attempt;
