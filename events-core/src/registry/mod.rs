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
pub(crate) use emit_limits::Unheard;
pub(crate) use group::Group;
pub use handle::Registry;
pub(crate) use handle::{Handle, WeakRegistry};
pub use interceptor::{Intercepted, Interceptor, Viewer, Way};
pub(crate) use topic_cache::Found;
pub(crate) use transaction::Removal;
