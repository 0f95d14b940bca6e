//! subscribe.

mod batch;
mod builder;
mod error;
mod filter;
mod filtered_handlers;
mod methods;
mod register;
mod subscription;

pub use batch::Batch;
pub use builder::{BackgroundKind, NewSubscription, PatternKind, SyncKind};
pub use error::SubscribeError;
pub use filter::Once;
pub(crate) use filtered_handlers::SubscribedHandler;
pub(crate) use register::register;
pub use subscription::Subscription;
pub(crate) use subscription::{Closable, SubscriptionPart, Unsubscribe};
