//! The policies of a subscriber that runs later, which are plain values.
//!
//! - `call_policies`: how its calls are limited in time, repeated and put off
//! - `retry`: when a failed call is repeated

mod call_policies;
mod retry;

pub use call_policies::CallPolicies;
pub use retry::Retry;
