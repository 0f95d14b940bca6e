//! One delivery.
//!
//! - `call`: the call of the subscriber; `transaction`: the transaction that it takes;
//! - `mark`: an attempt, and marking its end; `backoff`: when a failed one is tried again.

mod backoff;
mod call;
mod mark;
mod transaction;

pub(super) use mark::Attempt;
