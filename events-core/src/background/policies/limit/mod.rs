//! Limits on the concurrent calls of a handler: all of them, and those with one key.
//!
//! - `permit`: a permit to call a handler; `fair_semaphore`: where the permits come from;
//! - `waits_for_itself`: which calls would wait for themselves;
//! - `call_key`: the key of a call.

mod call_key;
mod fair_semaphore;
mod permit;
mod waits_for_itself;

pub use call_key::{KeyFn, key_fn};
pub(super) use fair_semaphore::{FairSemaphore, KeyHash, WouldNeverEnd};
pub(super) use permit::{Permit, Refused, acquire, address};
