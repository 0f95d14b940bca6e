//! Subscriptions to a pattern of topics.
//!
//! - `methods`: `Registry::on_topic` and its variants;
//! - `builder`: their builder, and its options.

mod builder;
mod methods;

pub(crate) use builder::copy_handler;
pub use methods::register_copy;
