//! When background handlers are started.
//!
//! - `dependencies`: which of them are started only when others are complete;
//! - `stages`: when an async emit runs or queues each of them.

mod dependencies;
mod stages;

pub(super) use dependencies::Dependencies;
pub(crate) use stages::Select;
pub(super) use stages::{Stage, stages};
