//! The options of `#[subscriber(..)]` and `#[on(..)]`.
//!
//! - `arguments`: all options, and those that are plain values;
//! - `duration`: the values that are durations;
//! - `order`: the options that order a subscriber relative to others;
//! - `topic_pattern`: the options `topic` and `exact_topic`;
//! - `unit_phase`: those that decide when it runs in a unit of work.

mod arguments;
mod duration;
mod order;
mod topic_pattern;
mod unit_phase;

pub(super) use arguments::{PlainOptions, SubscriberArgs};
pub(crate) use order::OrderTarget;
pub(super) use topic_pattern::TopicPattern;
