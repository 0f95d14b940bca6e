//! subscribe.

mod batch;
mod builder;
mod error;
mod filtered_handlers;
mod filtered_topic_handler;
mod methods;
mod subscription;

pub use batch::Batch;
pub use builder::{Afterwards, ByTopic, NewSubscription, Now};
pub use error::SubscribeError;
pub(crate) use filtered_handlers::Listening;
pub use subscription::Subscription;
pub(crate) use subscription::{Door, Leave, Member};
