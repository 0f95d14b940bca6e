//! Topics: which pattern subscribers match them, and the plans of those without an event type.
//!
//! - `topic_matching`: which pattern subscribers match an event type or a topic;
//! - `topic_cache`: the plans of topics that were emitted without a type.

mod topic_cache;
mod topic_matching;

pub(super) use topic_cache::TopicCache;
