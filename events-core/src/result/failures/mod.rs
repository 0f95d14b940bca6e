//! The failures of subscribers: by an error, by a panic, or because the event did not reach it.
//!
//! - `cause`: how it failed
//! - `failure`: the subscriber and the cause, with what is known of the emission
//! - `failures_of_emit`: the failures of one emit
//! - `failed_emission`: what a failure has of its emission
//! - `failed_check`: why an event that fails closed is refused
//! - `middleware_panic`: the panic of a middleware around the call
//! - `panic`: the panic of a handler
//! - `param_error`: a parameter that could not be acquired
//! - `summary`: the first line of the text of a failed emit
//! - `error_text`: the text of an error, with its chain of sources

mod cause;
mod error_text;
mod failed_check;
mod failed_emission;
mod failure;
mod failures_of_emit;
mod middleware_panic;
mod panic;
mod param_error;
mod summary;

pub use cause::{BoxError, Cause};
pub(crate) use error_text::error_text;
pub use failed_check::FailedCheck;
pub(crate) use failed_emission::FailedEmission;
pub use failure::Failure;
pub(crate) use failures_of_emit::Failures;
pub use middleware_panic::MiddlewarePanic;
pub use panic::{Panic, is_outside_tokio};
pub use param_error::ParamError;
pub(crate) use summary::write_summary;
