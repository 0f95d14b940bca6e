//! The failures of subscribers: by an error, by a panic, or because the event did not reach it.
//!
//! - `cause`: how it failed
//! - `failure`: the subscriber and the cause, with what is known of the emission
//! - `failed_emission`: what a failure has of its emission
//! - `failed_check`: why an event that fails closed is refused
//! - `failure_list`: the failures so far, while handlers run
//! - `panic`: the panic of a handler
//! - `error_text`: the text of an error, with its chain of sources

mod cause;
mod error_text;
mod failed_check;
mod failed_emission;
mod failure;
mod failure_list;
mod panic;

pub use cause::{BoxError, Cause};
pub use failed_check::FailedCheck;
pub(crate) use failed_emission::FailedEmission;
pub use failure::Failure;
pub(crate) use failure_list::FailureList;
pub use panic::{Panic, is_outside_tokio};
