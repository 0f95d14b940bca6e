//! Handlers of events of any type, which are subscribed to a pattern of topics or to several event types.
//!
//! - `topic_handler`: which functions and closures are sync handlers; `background_topic_handler`: which are async and deferred
//!   ones, which receive a copy of the event;
//! - `dyn_topic_handler`: sync ones behind a vtable, and events of one family as events of any type.

mod background_topic_handler;
mod dyn_topic_handler;
mod topic_handler;

pub(crate) use background_topic_handler::{AsyncTopicCall, DeferredTopicCall};
pub use background_topic_handler::{AsyncTopicHandler, DeferredTopicHandler};
pub(crate) use dyn_topic_handler::{AdaptFn, DynTopicHandler, LendFn, ViewFn, adapt, lend, view};
pub use topic_handler::TopicHandler;
