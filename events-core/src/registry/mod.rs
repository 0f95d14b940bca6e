//! registry.

mod core;
mod emit_limits;
mod group;
mod handle;
mod interceptor;
mod settings;
mod topic_cache;
mod topic_matching;
mod transaction;

pub(crate) use core::{Core, EventQueue, INTERCEPTED, Writer};
pub(crate) use emit_limits::EmitLimits;
pub(crate) use group::SubscriberGroup;
pub use handle::Registry;
pub(crate) use handle::{CoreRef, WeakRegistry};
pub use interceptor::{EmitVerb, Intercepted, Interceptor, Viewer};
pub(crate) use topic_cache::TopicPlan;
pub(crate) use transaction::Removal;
