//! When background handlers are started.
//!
//! - `dependencies`: which of them are started only when others are complete;
//! - `plan_flags`: which kinds of handlers a plan has;
//! - `stages`: when an async emit runs or queues each of them.

mod dependencies;
mod plan_flags;
mod stages;

pub(super) use dependencies::Dependencies;
pub(super) use plan_flags::PlanFlags;
pub(crate) use stages::Select;
pub(super) use stages::{Stage, stages};
