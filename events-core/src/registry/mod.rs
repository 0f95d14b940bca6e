//! registry.

mod core;
mod emit_limits;
mod handle;
mod interceptor;
mod transaction;

pub(crate) use core::{Core, Writer};
pub(crate) use emit_limits::Unheard;
pub use handle::Registry;
pub(crate) use handle::{Handle, WeakRegistry};
pub(crate) use interceptor::Site;
pub use interceptor::{Intercepted, Interceptor, Way};
