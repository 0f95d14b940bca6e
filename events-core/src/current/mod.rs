//! Floor 5, ambient: what a program has one of. The link-time slices, the default registry, the
//! registry that is current instead of it, and the scan that joins them.

mod emit_on_current;
mod scope;

pub use emit_on_current::{CurrentRegistry, emit_mut, emit_topic, try_emit_topic};
pub(crate) use scope::enter_if_other;
pub use scope::{Entered, Scoped, WithRegistry, registry, with_registry};
