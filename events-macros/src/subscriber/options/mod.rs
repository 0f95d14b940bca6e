//! The options of `#[subscriber(..)]` and `#[on(..)]`.
//!
//! - `arguments`: all options, and those that are plain values;
//! - `order`: the options that order a subscriber relative to others;
//! - `topic_pattern`: the options `topic` and `exact_topic`.

mod arguments;
mod order;
mod topic_pattern;

pub(super) use arguments::{PlainOptions, SubscriberArgs};
pub(crate) use order::OrderTarget;
pub(super) use topic_pattern::TopicPattern;
